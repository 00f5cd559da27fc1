-- What is known of some heartbeats besides their pings.

ALTER TABLE heartbeat ADD COLUMN origin SMALLINT NOT NULL DEFAULT 0; -- 0 its pings, 1 it got keys by the API, 2 the configuration file declares it

-- The keys that say who is told, of heartbeats of another origin than 0. No foreign key: rows go with their heartbeat by
-- its own hand.
CREATE TABLE heartbeat_keys (
  heartbeat_id BIGINT NOT NULL PRIMARY KEY,
  alert_keys TEXT NOT NULL            -- JSON
) ${without_rowid};
