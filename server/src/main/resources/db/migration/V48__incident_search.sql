-- The incidents of one subject by its name, in their order.
CREATE INDEX incident_name ON incident (subject_type, subject_name, id);

-- How many an owner has made of late.
CREATE INDEX maintenance_made ON maintenance (owner_id, created_at);
