-- What came back in the observation that opened an incident: a table of its own, as few readers want it.

CREATE TABLE incident_answer (
  incident_id BIGINT NOT NULL PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
  answer TEXT NOT NULL                -- JSON: status, headers, body
);

ALTER TABLE incident_hold ADD COLUMN answer TEXT;
