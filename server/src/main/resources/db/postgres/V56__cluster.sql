-- The processes that share this database. Times are milliseconds since 1970 UTC by the clock of the database, which is
-- the same for all of them.
CREATE TABLE cluster_process (
  id BIGINT NOT NULL PRIMARY KEY, -- drawn at each start: the owner of the due rows that it has claimed
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  schema_version INTEGER NOT NULL, -- the newest script that it knows
  url TEXT NOT NULL,
  runs_checks BOOLEAN NOT NULL,   -- has the role runner: claims a share of the due rows
  started_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,        -- its last sign of life, one a second
  checks INTEGER NOT NULL,        -- under way, and so are
  deliveries INTEGER NOT NULL,
  waiting INTEGER NOT NULL,       -- outcomes that it has not written yet
  clock_ahead_ms BIGINT NOT NULL, -- of its machine, on the clock of the database
  left_at BIGINT,                 -- it has stopped by itself, or
  dead_at BIGINT,                 -- another process found that it gave no sign of life
  taken_by TEXT,                  -- the name of that process, which made
  taken_rows BIGINT NOT NULL DEFAULT 0, -- so many rows due again that it had claimed
  released_at BIGINT              -- and was done with that at this time
) WITH (fillfactor = 50);
