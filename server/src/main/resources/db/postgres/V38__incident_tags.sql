-- The tags of the incidents that there are already.
INSERT INTO incident_tag (tag, incident_id)
  SELECT DISTINCT t.value, i.id
  FROM incident i, jsonb_array_elements_text(COALESCE(i.alert_keys::jsonb -> 'tags', '[]'::jsonb)) t (value);
