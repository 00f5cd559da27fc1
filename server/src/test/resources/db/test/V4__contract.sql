ALTER TABLE thing DROP COLUMN more;
UPDATE schema_needs SET version = 4;
