-- Groups with a rule, which are subjects of incidents. Times are milliseconds since 1970 UTC.

CREATE TABLE subject_group (
  id ${identity},
  name TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,                 -- any, all, 2 of 3
  alert_keys TEXT NOT NULL,           -- JSON
  state SMALLINT NOT NULL,            -- 1 up, 2 down, 3 unknown
  since_at BIGINT NOT NULL,           -- when that began
  confirmed_state SMALLINT            -- the last state that was not unknown; NULL: none yet
);

-- The times up and down of a group. There is none while it is unknown.
CREATE TABLE group_event (
  group_id BIGINT NOT NULL REFERENCES subject_group (id) ON DELETE CASCADE,
  from_at BIGINT NOT NULL,
  to_at BIGINT,                       -- NULL while it lasts
  state SMALLINT NOT NULL,            -- 1 up, 2 down
  PRIMARY KEY (group_id, from_at)
) ${without_rowid};
