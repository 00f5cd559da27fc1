-- The incidents that a delivery is about, if there are several.
CREATE TABLE delivery_incident (
  incident_id BIGINT NOT NULL,
  channel TEXT NOT NULL,
  natural_key TEXT NOT NULL,
  PRIMARY KEY (incident_id, channel, natural_key),
  FOREIGN KEY (channel, natural_key) REFERENCES outbox_delivery (channel, natural_key) ON DELETE CASCADE
) ${without_rowid};

CREATE INDEX delivery_incident_delivery ON delivery_incident (channel, natural_key);
