CREATE TABLE thing (
  id BIGINT PRIMARY KEY,
  n  BIGINT NOT NULL CHECK (n >= 0)
);

CREATE TABLE entry (
  id   ${identity},
  note TEXT NOT NULL,
  data ${blob}
);

CREATE TABLE job (
  id          BIGINT PRIMARY KEY,
  due_at      BIGINT,
  fence       BIGINT NOT NULL DEFAULT 0,
  owner       BIGINT,
  interval_ms BIGINT NOT NULL,
  phase_ms    BIGINT NOT NULL DEFAULT 0
) ${without_rowid};

CREATE INDEX job_due ON job (due_at);

CREATE TABLE run (
  job_id BIGINT NOT NULL,
  fence  BIGINT NOT NULL,
  PRIMARY KEY (job_id, fence)
);
