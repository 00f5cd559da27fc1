-- The newest runs of a heartbeat, as long as they tell nothing but when they ended and how, and are fewer than eleven:
-- a call writes its row alone then. They end at the run before run_count. Each is eight bytes, 0 after the last: milliseconds
-- since 1970 UTC times 65536, and 0 for ok, an exit code, or 256 for failed without one.
ALTER TABLE heartbeat ADD COLUMN recent ${blob};
