-- What a next version may add while this one is running.
CREATE TABLE service_next (service_id BIGINT NOT NULL PRIMARY KEY, words TEXT);
ALTER TABLE service ADD COLUMN next_words TEXT;
ALTER TABLE service_schedule ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_metric ADD COLUMN next_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE service_tick ADD COLUMN next_us BIGINT;
ALTER TABLE heartbeat ADD COLUMN next_words TEXT;
ALTER TABLE signal ADD COLUMN next_words TEXT;
ALTER TABLE incident ADD COLUMN next_words TEXT;
ALTER TABLE outbox_lane ADD COLUMN next_at BIGINT;
ALTER TABLE outbox_delivery ADD COLUMN next_words TEXT;
ALTER TABLE cluster_process ADD COLUMN next_words TEXT;
CREATE INDEX service_next_words ON service (next_words);
