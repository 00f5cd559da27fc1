-- Changes of state that nobody has consumed yet. Times are milliseconds since 1970 UTC.

CREATE TABLE signal (
  id ${identity},
  subject_type SMALLINT NOT NULL, -- 1 service, 2 heartbeat
  subject_id BIGINT NOT NULL,
  subject_name TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,         -- the same as before: a reminder
  cause TEXT,
  last_heard_at BIGINT NOT NULL,
  began_at BIGINT NOT NULL,       -- when the state began
  at BIGINT NOT NULL              -- when that was found
);
