-- The measuring nodes that report here. Times are milliseconds since 1970 UTC.

CREATE TABLE node (
  id ${identity},
  name TEXT NOT NULL UNIQUE,
  registered SMALLINT NOT NULL,         -- 1: has shown a token
  state SMALLINT NOT NULL,              -- 1 up, 2 silent
  since_at BIGINT NOT NULL,             -- when that began
  last_seen_at BIGINT NOT NULL,
  version TEXT NOT NULL,
  rate INTEGER NOT NULL,                -- packets a second at most
  packets_per_second DOUBLE PRECISION NOT NULL,
  spool_batches BIGINT NOT NULL,
  spool_bytes BIGINT NOT NULL,
  dropped BIGINT NOT NULL,              -- results lost because too many waited
  sent_at BIGINT NOT NULL,              -- by the clock of the node
  clock_offset_ms BIGINT NOT NULL       -- how far that is ahead
);
