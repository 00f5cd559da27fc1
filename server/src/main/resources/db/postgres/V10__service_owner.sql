-- A service belongs to an owner, and can be checked from several places.

ALTER TABLE service ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0; -- 0: the operator

ALTER TABLE service DROP CONSTRAINT service_name_key;

CREATE UNIQUE INDEX service_name ON service (name, owner_id);

-- Nearly all rows of many databases are the operator's: they are in no index by their owner.
CREATE INDEX service_owner ON service (owner_id, id) WHERE owner_id <> 0;

ALTER TABLE service_schedule ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here

ALTER TABLE service_schedule DROP CONSTRAINT service_schedule_pkey;

ALTER TABLE service_schedule ADD PRIMARY KEY (service_id, location_id);

ALTER TABLE service_hour ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here

ALTER TABLE service_hour DROP CONSTRAINT service_hour_pkey;

ALTER TABLE service_hour ADD PRIMARY KEY (service_id, hour, location_id);

-- At most one event is open for a service and a place.
ALTER TABLE service_event ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here

DROP INDEX service_event_open;

CREATE UNIQUE INDEX service_event_open ON service_event (service_id, location_id) WHERE date_ended IS NULL;

-- The key of ticks stays service and time, so no index is built: two ticks of a service never have the same millisecond,
-- whatever their places are.
ALTER TABLE service_tick ADD COLUMN location_id INTEGER NOT NULL DEFAULT 0; -- 0: here
