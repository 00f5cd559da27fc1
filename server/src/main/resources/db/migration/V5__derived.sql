-- Services that nobody named: what another service's `/_health` says it depends on. They have no turn of their own, as
-- their parent's brings what is known of them.
ALTER TABLE service ADD COLUMN parent_id BIGINT REFERENCES service (id) ON DELETE CASCADE;

-- What it is called in the parent's report.
ALTER TABLE service ADD COLUMN part TEXT;

-- How many of the parent's reports in a row did not name it.
ALTER TABLE service ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;

CREATE INDEX service_parent ON service (parent_id, id) WHERE parent_id IS NOT NULL;
