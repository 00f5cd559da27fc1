-- What is wrong already has an incident, which nobody is told of. Times are milliseconds since 1970 UTC.

INSERT INTO incident (owner_id, subject_type, subject_id, subject_name, kind, severity, cause, started_at, opened_at)
  SELECT s.owner_id, 1, s.id, s.name, 1, 1, e.cause, e.date_started, e.date_started
  FROM service_metric m
  JOIN service s ON s.id = m.service_id
  JOIN service_event e ON e.service_id = s.id AND e.date_ended IS NULL
  WHERE m.confirmed_state = 0 AND s.retired_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.subject_type = 1 AND i.subject_id = s.id AND i.resolved_at IS NULL);

INSERT INTO incident (owner_id, subject_type, subject_id, subject_name, kind, severity, started_at, opened_at)
  SELECT h.owner_id, 2, h.id, h.name, h.state, 1, COALESCE(h.late_since, h.last_at, h.created_at),
    COALESCE(h.late_since, h.last_at, h.created_at)
  FROM heartbeat h
  WHERE h.state IN (2, 3)
    AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.subject_type = 2 AND i.subject_id = h.id AND i.resolved_at IS NULL);
