-- Puts the table of V11 in the place of the old one.

DROP TABLE heartbeat;

ALTER TABLE heartbeat_next RENAME TO heartbeat;

CREATE UNIQUE INDEX heartbeat_name ON heartbeat (name, owner_id);

CREATE INDEX heartbeat_due ON heartbeat (due_at);

-- Those that are up, most of all, are in no index by their state: adding and removing one writes less.
CREATE INDEX heartbeat_state ON heartbeat (state, id, owner_id) WHERE state <> 1;

-- Nearly all rows of many databases are the operator's: they are in no index by their owner.
CREATE INDEX heartbeat_owner ON heartbeat (owner_id, id) WHERE owner_id <> 0;
