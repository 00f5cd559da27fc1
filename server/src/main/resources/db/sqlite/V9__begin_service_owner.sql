-- A service belongs to an owner, and can be checked from several places. SQLite cannot change a key in place, so the
-- tables whose keys change are built anew: this script creates them, `RebuiltTables` copies the rows, and V10 puts them
-- in the place of the old ones.

CREATE TABLE service_next (
  id ${identity},
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  definition TEXT NOT NULL,       -- JSON: what to check, how often, what to expect
  origin TEXT NOT NULL,           -- 'file' (rollcall.yaml), 'api' or 'derived'
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  retired_at BIGINT,              -- no longer in the file: kept, not checked
  parent_id BIGINT REFERENCES service (id) ON DELETE CASCADE, -- whose `/_health` reports it
  part TEXT,                      -- its name in the report of the parent
  missed INTEGER NOT NULL DEFAULT 0, -- how many reports of the parent in a row did not name it
  owner_id BIGINT NOT NULL DEFAULT 0 -- 0: the operator
);

-- When a service is checked from which place: due rows. A retired service has none.
CREATE TABLE service_schedule_next (
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  interval_ms BIGINT NOT NULL,
  lease_ms BIGINT NOT NULL,       -- how long one check may take at most
  revision BIGINT NOT NULL,       -- grows with each change of the definition
  due_at BIGINT NOT NULL,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT,                   -- the process that has claimed it
  location_id INTEGER NOT NULL DEFAULT 0, -- 0: here
  PRIMARY KEY (service_id, location_id)
);

-- The sums of ticks by hour and place.
CREATE TABLE service_hour_next (
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  hour BIGINT NOT NULL,           -- its beginning
  up_count BIGINT NOT NULL,
  down_count BIGINT NOT NULL,
  unknown_count BIGINT NOT NULL,
  response_sum_us BIGINT NOT NULL, -- of ticks that are up or down; so are the two below
  response_min_us BIGINT,
  response_max_us BIGINT,
  location_id INTEGER NOT NULL DEFAULT 0, -- 0: here
  PRIMARY KEY (service_id, hour, location_id)
) ${without_rowid};
