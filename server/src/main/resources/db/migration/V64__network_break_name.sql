-- The name of the router, from a reverse lookup; NULL if it has none, or none was found in time.
ALTER TABLE network_break ADD COLUMN name TEXT;
