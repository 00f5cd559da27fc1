-- What somebody is told of. Times are milliseconds since 1970 UTC.

CREATE TABLE incident (
  id ${identity},
  owner_id BIGINT NOT NULL DEFAULT 0, -- whose the subject is; 0: the operator's
  subject_type SMALLINT NOT NULL,     -- 1 service, 2 heartbeat
  subject_id BIGINT NOT NULL,
  subject_name TEXT NOT NULL,         -- when it opened
  kind SMALLINT NOT NULL,             -- 1 down, 2 late, 3 failed
  severity SMALLINT NOT NULL,         -- 1 critical, 2 warning
  cause TEXT,
  started_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,          -- when it was confirmed
  resolved_at BIGINT,                 -- NULL while it is open
  acknowledged_at BIGINT,
  acknowledged_by TEXT
);

-- At most one is open for a subject and kind.
CREATE UNIQUE INDEX incident_open ON incident (subject_type, subject_id, kind) WHERE resolved_at IS NULL;

CREATE INDEX incident_subject ON incident (subject_type, subject_id, id);

CREATE INDEX incident_owner ON incident (owner_id, id) WHERE owner_id <> 0;

CREATE INDEX incident_resolved ON incident (resolved_at) WHERE resolved_at IS NOT NULL;

-- What happened to an incident.
CREATE TABLE incident_entry (
  id ${identity},
  incident_id BIGINT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  type SMALLINT NOT NULL,             -- 1 opened, 2 resolved, 3 acknowledged, 4 no longer acknowledged, 5 note
  made_by TEXT,                       -- NULL: Rollcall
  text TEXT
);

CREATE INDEX incident_entry_incident ON incident_entry (incident_id, id);
