-- Services and what becomes of asking them. Times are milliseconds since 1970 UTC, durations microseconds
-- unless a name says otherwise.

CREATE TABLE service (
  id ${identity},
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  definition TEXT NOT NULL,       -- JSON: what to ask, how often, what to expect
  origin TEXT NOT NULL,           -- 'file' (rollcall.yaml) or 'api'
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  retired_at BIGINT               -- no longer in the file: kept, not asked
);

-- Who is asked when: due rows. A retired service has none.
CREATE TABLE service_schedule (
  service_id BIGINT NOT NULL PRIMARY KEY REFERENCES service (id) ON DELETE CASCADE,
  interval_ms BIGINT NOT NULL,
  lease_ms BIGINT NOT NULL,       -- how long one run may take at most
  revision BIGINT NOT NULL,       -- grows with each change of the definition
  due_at BIGINT NOT NULL,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT
);

CREATE INDEX service_schedule_due ON service_schedule (due_at);

-- Running counts over all ticks ever, whatever ticks are still kept.
CREATE TABLE service_metric (
  service_id BIGINT NOT NULL PRIMARY KEY REFERENCES service (id) ON DELETE CASCADE,
  tick_count BIGINT NOT NULL DEFAULT 0,
  up_count BIGINT NOT NULL DEFAULT 0,
  down_count BIGINT NOT NULL DEFAULT 0,
  unknown_count BIGINT NOT NULL DEFAULT 0,
  average_response_time_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
  certificate_ends_at BIGINT,
  last_at BIGINT,                 -- the newest tick, and
  last_state SMALLINT             -- what it found: kept here as all services are sorted by it
);

-- Spans of up and down. At most one is open for a service.
CREATE TABLE service_event (
  id ${identity},
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  event TEXT NOT NULL,            -- 'uptime' or 'downtime'
  cause TEXT,                     -- why it went down
  date_started BIGINT NOT NULL,
  date_ended BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX service_event_service ON service_event (service_id, id);

CREATE UNIQUE INDEX service_event_open ON service_event (service_id) WHERE date_ended IS NULL;

-- Every observation. state: 0 down, 1 up, 2 unknown. No foreign key: rows go with their service by its own hand.
CREATE TABLE service_tick (
  service_id BIGINT NOT NULL,
  at BIGINT NOT NULL,
  state SMALLINT NOT NULL,
  response_us BIGINT NOT NULL,
  dns_us BIGINT,
  connect_us BIGINT,
  tls_us BIGINT,
  first_byte_us BIGINT,
  total_us BIGINT,
  status SMALLINT,                -- HTTP status code
  redirects SMALLINT,
  reason TEXT,                    -- why it is not up
  PRIMARY KEY (service_id, at)
) ${partitioned_by_at};

-- The same, summed by hour for charts: kept for good.
CREATE TABLE service_hour (
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  hour BIGINT NOT NULL,           -- its beginning
  up_count BIGINT NOT NULL,
  down_count BIGINT NOT NULL,
  unknown_count BIGINT NOT NULL,
  response_sum_us BIGINT NOT NULL, -- of what was up or down; so are the two below
  response_min_us BIGINT,
  response_max_us BIGINT,
  PRIMARY KEY (service_id, hour)
) ${without_rowid};

-- Work that comes round by itself, such as deleting old ticks: due rows.
CREATE TABLE monitor_upkeep (
  id BIGINT NOT NULL PRIMARY KEY,
  due_at BIGINT NOT NULL,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT
);

CREATE INDEX monitor_upkeep_due ON monitor_upkeep (due_at);

INSERT INTO monitor_upkeep (id, due_at) VALUES (1, 0);
