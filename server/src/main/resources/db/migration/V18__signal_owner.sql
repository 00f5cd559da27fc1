-- Only the owner of a subject is told.
ALTER TABLE signal ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0; -- 0: the operator
