-- The group in which a heartbeat lies, so that those of a group are found.

ALTER TABLE heartbeat_keys ADD COLUMN group_name TEXT; -- NULL: none

UPDATE heartbeat_keys SET group_name = alert_keys::json ->> 'group' WHERE alert_keys LIKE '%"group"%';

CREATE INDEX heartbeat_keys_group ON heartbeat_keys (group_name) WHERE group_name IS NOT NULL;
