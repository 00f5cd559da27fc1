-- The end of what a job had printed last when its incident opened. Most incidents have none.
CREATE TABLE incident_output (
  incident_id BIGINT NOT NULL PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
  output TEXT NOT NULL
);
