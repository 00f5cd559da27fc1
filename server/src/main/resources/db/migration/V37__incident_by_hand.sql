-- Incidents that people open, and what people say of incidents. Times are milliseconds since 1970 UTC.

-- What a person calls it; NULL: nothing else than its subject is called. One that a person opened has no subject in its
-- row (subject_type 0, subject_id a number of its own), but those of incident_about.
ALTER TABLE incident ADD COLUMN title TEXT;

-- How far it is, for the public; NULL: it is not published. 1 investigating, 2 identified, 3 monitoring, 4 resolved
ALTER TABLE incident ADD COLUMN phase SMALLINT;

-- 1: a note for the public
ALTER TABLE incident_entry ADD COLUMN is_public SMALLINT NOT NULL DEFAULT 0;

-- What an incident that a person opened is about.
CREATE TABLE incident_about (
  incident_id BIGINT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  subject_type SMALLINT NOT NULL,     -- 1 service, 2 heartbeat
  subject_id BIGINT NOT NULL,
  subject_name TEXT NOT NULL,         -- when it opened
  PRIMARY KEY (incident_id, subject_type, subject_id)
) ${without_rowid};

CREATE INDEX incident_about_subject ON incident_about (subject_type, subject_id);

CREATE INDEX incident_about_name ON incident_about (subject_type, subject_name);

-- The tags of the subject when the incident opened.
CREATE TABLE incident_tag (
  tag TEXT NOT NULL,
  incident_id BIGINT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  PRIMARY KEY (tag, incident_id)
) ${without_rowid};

CREATE INDEX incident_tag_incident ON incident_tag (incident_id);

-- For the summary of a span, and for how many are open.
CREATE INDEX incident_opened ON incident (opened_at);

CREATE INDEX incident_open_owner ON incident (owner_id, severity) WHERE resolved_at IS NULL;
