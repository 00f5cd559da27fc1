-- Services that are up, and of which somebody is warned: they take too long, or their certificate ends soon.

ALTER TABLE service_schedule ADD COLUMN slow_ms BIGINT;         -- an answer that takes longer is slow; NULL: none is

ALTER TABLE service_metric ADD COLUMN against_down INTEGER NOT NULL DEFAULT 0; -- how many of the last observations in a row were down, unless that is confirmed

UPDATE service_metric SET against_down = against_count WHERE against_count > 0 AND (confirmed_state IS NULL OR confirmed_state = 1);

ALTER TABLE service_metric ADD COLUMN certificate_warnings INTEGER NOT NULL DEFAULT 0; -- how many times somebody was warned that it ends soon
