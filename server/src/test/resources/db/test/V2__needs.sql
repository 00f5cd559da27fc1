CREATE TABLE schema_needs (id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
INSERT INTO schema_needs (id, version) VALUES (1, 2);
