-- What a version after that may take away.
ALTER TABLE service DROP COLUMN next_words;
UPDATE schema_needs SET version = 9001;
