-- The same, summed by hour: kept for good. A table of its own, so that sums of other services are not read past them.
CREATE TABLE service_hour_round_trips (
  service_id BIGINT NOT NULL REFERENCES service (id) ON DELETE CASCADE,
  hour BIGINT NOT NULL,           -- its beginning
  location_id INTEGER NOT NULL DEFAULT 0, -- 0: here
  round_trips ${blob} NOT NULL,
  PRIMARY KEY (service_id, hour, location_id)
) ${without_rowid};
