-- Who is told of incidents. Times are milliseconds since 1970 UTC.

-- The keys of the subject when the incident opened, as JSON: tags, group, runbook, notify.
ALTER TABLE incident ADD COLUMN alert_keys TEXT NOT NULL DEFAULT '{}';

-- When the subject was last heard from before the incident; NULL: unknown.
ALTER TABLE incident ADD COLUMN last_heard_at BIGINT;

-- Why it ended, if its subject is not as it should be; NULL: it is, or the incident is open.
ALTER TABLE incident ADD COLUMN end_cause TEXT;

-- How far a channel has been told of an incident.
CREATE TABLE incident_channel (
  incident_id BIGINT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  phase SMALLINT NOT NULL,            -- 1 not told yet, 2 told, 3 ended, and the end not told yet
  due_at BIGINT,                      -- when it is told next; NULL: when something happens
  times INTEGER NOT NULL DEFAULT 0,   -- how many times it was told that the incident is open
  PRIMARY KEY (incident_id, channel)
) ${without_rowid};

CREATE INDEX incident_channel_due ON incident_channel (channel, due_at) WHERE due_at IS NOT NULL;

-- Whoever was told of an open incident is told of its end.
INSERT INTO incident_channel (incident_id, channel, phase, times)
  SELECT DISTINCT d.incident_id, d.channel, 2, 1 FROM outbox_delivery d JOIN incident i ON i.id = d.incident_id
  WHERE i.resolved_at IS NULL;

-- Until when a channel is told nothing more: what happens meanwhile is told together.
CREATE TABLE channel_quiet (
  channel TEXT PRIMARY KEY,
  until_at BIGINT NOT NULL
);
