-- The incident that a delivery is about.

ALTER TABLE outbox_delivery ADD COLUMN incident_id BIGINT; -- NULL: from before there were incidents

CREATE INDEX outbox_delivery_incident ON outbox_delivery (incident_id, id) WHERE incident_id IS NOT NULL;
