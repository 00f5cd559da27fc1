-- What came back in the observation that opened an incident: a table of its own, as few readers want it.

CREATE TABLE incident_answer (
  incident_id BIGINT NOT NULL PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
  answer TEXT NOT NULL                -- JSON: status, headers, body
);

ALTER TABLE incident_hold ADD COLUMN answer TEXT;

-- When subjects were unreachable behind what they depend on: nobody knows whether they were up.
CREATE TABLE incident_unreachable (
  subject_type SMALLINT NOT NULL,     -- 1 service, 2 heartbeat
  subject_id BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT,                       -- NULL: it still is
  PRIMARY KEY (subject_type, subject_id, from_at)
) ${without_rowid};

CREATE INDEX incident_unreachable_to ON incident_unreachable (to_at) WHERE to_at IS NOT NULL;

-- The maintenance that there really was, of the file and of the API.
CREATE TABLE maintenance_span (
  id ${identity},
  owner_id BIGINT NOT NULL,           -- 0: the operator
  which TEXT NOT NULL,                -- JSON: names, tags, groups, all
  from_at BIGINT NOT NULL,
  to_at BIGINT                        -- NULL: it is not over
);

CREATE INDEX maintenance_span_owner ON maintenance_span (owner_id, from_at);

CREATE INDEX maintenance_span_open ON maintenance_span (id) WHERE to_at IS NULL;
