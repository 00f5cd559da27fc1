-- Jobs that call in. Times are milliseconds since 1970 UTC, lengths of time whole seconds.

CREATE TABLE heartbeat (
  id ${rowid},                    -- may be used again once its heartbeat is removed
  name TEXT NOT NULL UNIQUE,
  frequency_s BIGINT,             -- the next comes so long after the last; or else
  schedule TEXT,                  -- at the moments of this crontab line
  zone TEXT,                      -- in this time zone
  grace_s BIGINT NOT NULL DEFAULT 0,
  state SMALLINT NOT NULL,        -- 0 new, 1 up, 2 late, 3 failed, 4 paused
  created_at BIGINT NOT NULL,
  last_at BIGINT,                 -- the newest call; none while its first run has not ended
  next_at BIGINT NOT NULL,        -- when the next is expected; the grace comes on top
  late_since BIGINT,              -- the moment it missed, while it is late
  call_count BIGINT NOT NULL DEFAULT 0,
  run_count BIGINT NOT NULL DEFAULT 0,
  open_runs SMALLINT NOT NULL DEFAULT 0, -- of the runs kept, those that have not ended
  -- When to look at it: never later than the moment at which it is late. A call in time leaves it as it is, and with it
  -- the index: whoever looks too early moves it.
  due_at BIGINT,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT
);

CREATE INDEX heartbeat_due ON heartbeat (due_at);

-- Those that are up, most of all, are in no index by their state: making and removing one writes the less.
CREATE INDEX heartbeat_state ON heartbeat (state, id) WHERE state <> 1;

-- The last hundred runs of each, in a ring: slot is number modulo 100. result: 0 running, 1 ok, 2 failed. No foreign
-- key: rows go with their heartbeat by its own hand.
CREATE TABLE heartbeat_run (
  heartbeat_id BIGINT NOT NULL,
  slot SMALLINT NOT NULL,
  number BIGINT NOT NULL,         -- counts from 0
  run_id TEXT,                    -- what the job calls it
  started_at BIGINT,
  ended_at BIGINT,
  result SMALLINT NOT NULL,
  exit_code SMALLINT,
  PRIMARY KEY (heartbeat_id, slot)
) ${without_rowid};

-- What a run printed: valid for the run of that number alone.
CREATE TABLE heartbeat_output (
  heartbeat_id BIGINT NOT NULL,
  slot SMALLINT NOT NULL,
  number BIGINT NOT NULL,
  output ${blob} NOT NULL,
  PRIMARY KEY (heartbeat_id, slot)
);

-- Starts of Rollcall, as far back as they matter: what passed while it was down is late only after it has been up for a
-- while.
CREATE TABLE heartbeat_start (
  started_at BIGINT NOT NULL PRIMARY KEY,
  up_ms BIGINT NOT NULL           -- how long it ran from there on
);
