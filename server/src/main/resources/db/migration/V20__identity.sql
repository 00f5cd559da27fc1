-- Who signs in with single sign-on: a person at a provider, and the account. Times are milliseconds since 1970 UTC.
CREATE TABLE account_identity (
  id ${identity},
  account_id BIGINT NOT NULL,
  issuer TEXT NOT NULL,               -- of the provider
  subject TEXT NOT NULL,              -- the person there, for ever
  email TEXT NOT NULL,                -- as the provider said last; may be empty
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,            -- the last sign-in
  UNIQUE (issuer, subject)
);

CREATE INDEX account_identity_account ON account_identity (account_id);

-- session.kind: 3 is the cookie of a browser whose user has signed in at a provider.

-- How long a provider's word holds that the account is an operator's; NULL: not because of a provider.
ALTER TABLE account ADD COLUMN operates_until BIGINT;
