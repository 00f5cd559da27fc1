-- Puts the tables of V9 in the place of the old ones. The connection of migrations does not enforce foreign keys, so
-- dropping a table deletes nothing in others: https://sqlite.org/lang_altertable.html, section 7.

-- An id is never used twice, also if the service with the highest id was deleted.
DELETE FROM sqlite_sequence WHERE name = 'service_next';

INSERT INTO sqlite_sequence (name, seq) SELECT 'service_next', seq FROM sqlite_sequence WHERE name = 'service';

DROP TABLE service;

ALTER TABLE service_next RENAME TO service;

CREATE INDEX service_parent ON service (parent_id, id) WHERE parent_id IS NOT NULL;

CREATE UNIQUE INDEX service_name ON service (name, owner_id);

-- Nearly all rows of many databases are the operator's: they are in no index by their owner.
CREATE INDEX service_owner ON service (owner_id, id) WHERE owner_id <> 0;

DROP TABLE service_schedule;

ALTER TABLE service_schedule_next RENAME TO service_schedule;

CREATE INDEX service_schedule_due ON service_schedule (due_at);

DROP TABLE service_hour;

ALTER TABLE service_hour_next RENAME TO service_hour;

-- At most one event is open for a service and a place.
ALTER TABLE service_event ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here

DROP INDEX service_event_open;

CREATE UNIQUE INDEX service_event_open ON service_event (service_id, location_id) WHERE date_ended IS NULL;

-- The key of ticks stays service and time, so nothing is copied: two ticks of a service never have the same millisecond,
-- whatever their places are.
ALTER TABLE service_tick ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here
