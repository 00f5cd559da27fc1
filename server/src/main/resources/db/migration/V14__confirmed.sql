-- What the last observations of a service say together. Written when that changes, not with each check.

ALTER TABLE service_metric ADD COLUMN confirmed_state SMALLINT; -- NULL before the first confirmation
ALTER TABLE service_metric ADD COLUMN against_count INTEGER NOT NULL DEFAULT 0; -- observations in a row that contradict it
ALTER TABLE service_metric ADD COLUMN against_since BIGINT;     -- when the first of them was

-- Nobody is told anew of what is open already.
UPDATE service_metric SET confirmed_state = (
  SELECT CASE e.event WHEN 'downtime' THEN 0 ELSE 1 END FROM service_event e
  WHERE e.service_id = service_metric.service_id AND e.date_ended IS NULL);
