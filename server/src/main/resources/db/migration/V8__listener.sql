-- The processes that take calls of jobs, where several share one PostgreSQL.

CREATE TABLE heartbeat_listener (
  id BIGINT NOT NULL PRIMARY KEY, -- drawn at each start
  counts BIGINT NOT NULL,         -- goes on once a second while it can write
  unheard BIGINT NOT NULL         -- how often it could not take or note a call
);
