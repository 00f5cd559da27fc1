-- Services that were found down and traced since: a row each until they are up again. None for services without trace.
CREATE TABLE service_lost (
  service_id BIGINT NOT NULL PRIMARY KEY REFERENCES service (id) ON DELETE CASCADE,
  since_at BIGINT NOT NULL,            -- the first observation that is down and has a trace
  path TEXT NOT NULL,                  -- what answered in the last trace: JSON, as in service_path
  behind TEXT,                         -- the address at which the network is broken, if it is behind such a place
  decided SMALLINT NOT NULL DEFAULT 0  -- 1: it is certain that it is behind none
) ${without_rowid};
