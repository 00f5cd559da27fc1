-- Exit codes have 32 bits on Windows.

ALTER TABLE heartbeat_run RENAME TO heartbeat_run_narrow;

CREATE TABLE heartbeat_run (
  heartbeat_id BIGINT NOT NULL,
  slot SMALLINT NOT NULL,
  number BIGINT NOT NULL,         -- counts from 0
  run_id TEXT,                    -- what the job calls it
  started_at BIGINT,
  ended_at BIGINT,
  result SMALLINT NOT NULL,
  exit_code BIGINT,
  PRIMARY KEY (heartbeat_id, slot)
) ${without_rowid};

INSERT INTO heartbeat_run (heartbeat_id, slot, number, run_id, started_at, ended_at, result, exit_code)
SELECT heartbeat_id, slot, number, run_id, started_at, ended_at, result, exit_code FROM heartbeat_run_narrow;

DROP TABLE heartbeat_run_narrow;
