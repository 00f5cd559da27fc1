-- When somebody last looked: a process that was running, with a database and a network. One row.
-- Milliseconds since 1970 UTC.
CREATE TABLE alive (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  at BIGINT NOT NULL
);
