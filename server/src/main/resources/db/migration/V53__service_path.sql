-- The paths through the network to services that are traced: a row for each change. The newest is the present one.
CREATE TABLE service_path (
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  since BIGINT NOT NULL,          -- when it was first seen
  location_id INTEGER NOT NULL DEFAULT 0, -- 0: from here
  reached SMALLINT NOT NULL,      -- 1: it ends at the service
  changed_ttl SMALLINT NOT NULL,  -- the first TTL at which it differs from the one before; 0 for the first path
  path TEXT NOT NULL,             -- JSON: {"hops":[["192.0.2.1"],...]}, for each TTL a list of addresses
  PRIMARY KEY (service_id, since, location_id)
) ${without_rowid};
