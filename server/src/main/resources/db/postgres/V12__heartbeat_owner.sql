-- A heartbeat belongs to an owner.

ALTER TABLE heartbeat ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 0; -- 0: the operator

ALTER TABLE heartbeat DROP CONSTRAINT heartbeat_name_key;

CREATE UNIQUE INDEX heartbeat_name ON heartbeat (name, owner_id);

-- Nearly all rows of many databases are the operator's: they are in no index by their owner.
CREATE INDEX heartbeat_owner ON heartbeat (owner_id, id) WHERE owner_id <> 0;

DROP INDEX heartbeat_state;

-- With the owner, so that states are counted in the index alone.
CREATE INDEX heartbeat_state ON heartbeat (state, id, owner_id) WHERE state <> 1;
