-- What is owed to somebody outside: deliveries. Times are milliseconds since 1970 UTC.

-- state: 0 pending, 1 delivered, 2 failed for good.
CREATE TABLE outbox_delivery (
  id ${identity},
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,          -- whose news it is
  kind TEXT NOT NULL,
  natural_key TEXT NOT NULL,      -- the same one is owed once
  payload TEXT NOT NULL,          -- JSON
  state SMALLINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,     -- since when something is owed here
  owed_at BIGINT NOT NULL,        -- later than that where newer news took the place of older
  coalesced INTEGER NOT NULL DEFAULT 0, -- how many times it did
  attempts INTEGER NOT NULL DEFAULT 0,
  attempted_at BIGINT,
  last_error TEXT,
  done_at BIGINT,                 -- when it was delivered or given up
  UNIQUE (channel, natural_key)
);

-- What a subject is still owed, in its order.
CREATE INDEX outbox_delivery_pending ON outbox_delivery (channel, subject, id) WHERE state = 0;

CREATE INDEX outbox_delivery_state ON outbox_delivery (state, id);

CREATE INDEX outbox_delivery_channel ON outbox_delivery (channel, state, id);

-- One row for each channel and subject with something pending: due rows. Only the first pending delivery of a lane
-- may be under way, so that a subject's news keep their order and hold up nobody else's.
CREATE TABLE outbox_lane (
  id ${identity},
  channel TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT,
  UNIQUE (channel, subject)
);

CREATE INDEX outbox_lane_due ON outbox_lane (channel, due_at);
