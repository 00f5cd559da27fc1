-- The tags of the incidents that there are already.
INSERT INTO incident_tag (tag, incident_id)
  SELECT DISTINCT t.value, i.id FROM incident i, json_each(i.alert_keys, '$.tags') t;
