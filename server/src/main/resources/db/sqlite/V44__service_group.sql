-- The group in which a service lies, so that those of a group are found.

ALTER TABLE service ADD COLUMN group_name TEXT; -- NULL: none

UPDATE service SET group_name = json_extract(definition, '$.group') WHERE definition LIKE '%"group"%';

CREATE INDEX service_group ON service (group_name, owner_id) WHERE group_name IS NOT NULL;
