-- What came back in the observation that a signal is about.

ALTER TABLE signal ADD COLUMN answer TEXT; -- JSON: status, headers, body
