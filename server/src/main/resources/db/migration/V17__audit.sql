-- Who changed what. Times are milliseconds since 1970 UTC.

CREATE TABLE audit (
  id ${identity},
  at BIGINT NOT NULL,
  account_id BIGINT,                  -- none: without an account
  caller TEXT NOT NULL,               -- as people read it: an address, "token", "this machine"
  address TEXT NOT NULL,              -- of the client
  action TEXT NOT NULL,               -- PATCH /v1/services/{id}
  target TEXT NOT NULL                -- /v1/services/17
);

CREATE INDEX audit_at ON audit (at);

-- An account that is being deleted: it cannot sign in any more, and its rows go one kind after the other.
ALTER TABLE account ADD COLUMN deleted_at BIGINT;
