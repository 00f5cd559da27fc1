-- A heartbeat belongs to an owner. The table is built anew, as the tables of V9 are.

CREATE TABLE heartbeat_next (
  id ${rowid},                    -- may be used again once its heartbeat is removed
  name TEXT NOT NULL,
  frequency_s BIGINT,             -- the next ping comes so long after the last; or else
  schedule TEXT,                  -- at the times of this crontab line
  zone TEXT,                      -- in this time zone
  grace_s BIGINT NOT NULL DEFAULT 0,
  state SMALLINT NOT NULL,        -- 0 new, 1 up, 2 late, 3 failed, 4 paused
  created_at BIGINT NOT NULL,
  last_at BIGINT,                 -- the newest ping; none while its first run has not ended
  next_at BIGINT NOT NULL,        -- when the next is expected; the grace is added
  late_since BIGINT,              -- the time that it missed, while it is late
  call_count BIGINT NOT NULL DEFAULT 0,
  run_count BIGINT NOT NULL DEFAULT 0,
  open_runs SMALLINT NOT NULL DEFAULT 0, -- of the stored runs, those that have not ended
  -- When to look at it: never later than the time at which it is late. A ping in time leaves it as it is, and with it
  -- the index: whoever looks too early moves it.
  due_at BIGINT,
  fence BIGINT NOT NULL DEFAULT 0,
  owner BIGINT,                   -- the process that has claimed it
  recent ${blob},                 -- the newest runs: see V6
  owner_id BIGINT NOT NULL DEFAULT 0 -- 0: the operator
);
