-- Spans in which nobody is told of some subjects. Those of the configuration file are in the file only. Times are milliseconds since 1970 UTC.

CREATE TABLE maintenance (
  id ${identity},
  owner_id BIGINT NOT NULL DEFAULT 0, -- 0: the operator
  definition TEXT NOT NULL,           -- JSON, with the keys of the API
  ended_at BIGINT,                    -- when somebody ended it
  made_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX maintenance_open ON maintenance (owner_id, id) WHERE ended_at IS NULL;

-- What is wrong with a subject, while nobody is told of it: an incident may open later.
CREATE TABLE incident_hold (
  subject_type SMALLINT NOT NULL,     -- 1 service, 2 heartbeat
  subject_id BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  subject_name TEXT NOT NULL,
  state TEXT NOT NULL,                -- what it is: down, late, failed
  cause TEXT,
  last_heard_at BIGINT NOT NULL,
  began_at BIGINT NOT NULL,
  at BIGINT NOT NULL,
  reason SMALLINT NOT NULL,           -- 1 maintenance, 2 what it depends on is not certain yet, 3 what it depends on is wrong
  behind TEXT,                        -- the name of what it depends on
  PRIMARY KEY (subject_type, subject_id)
) ${without_rowid};

CREATE INDEX incident_hold_name ON incident_hold (owner_id, subject_name);

CREATE INDEX incident_open_name ON incident (owner_id, subject_name) WHERE resolved_at IS NULL;

-- A subject that opens one incident after the other has one that stays open until it has held one state for a while.
ALTER TABLE incident ADD COLUMN flapping SMALLINT NOT NULL DEFAULT 0;

-- Since when it holds its present state, if it flaps; and whether that state is right.
ALTER TABLE incident ADD COLUMN steady_since BIGINT;

ALTER TABLE incident ADD COLUMN steady_right SMALLINT;

CREATE INDEX incident_flapping ON incident (steady_since) WHERE flapping = 1 AND resolved_at IS NULL;
