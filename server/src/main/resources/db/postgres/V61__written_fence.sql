-- The claim of the last outcome that is written, where outcomes wait in Redis: see
-- monitor/schedule/OutcomeStream.

ALTER TABLE service_schedule ADD COLUMN written BIGINT NOT NULL DEFAULT 0;
