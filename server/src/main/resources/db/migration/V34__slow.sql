-- Services that are up and take too long.

ALTER TABLE service_schedule ADD COLUMN slow_ms BIGINT;         -- an answer that takes longer is slow; NULL: none is

ALTER TABLE service_metric ADD COLUMN against_down INTEGER NOT NULL DEFAULT 0; -- how many of the last observations in a row were down, unless that is confirmed

UPDATE service_metric SET against_down = against_count WHERE against_count > 0 AND (confirmed_state IS NULL OR confirmed_state = 1);
