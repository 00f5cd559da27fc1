-- Accounts. Times are milliseconds since 1970 UTC. Secrets are stored as SHA-256 (random ones) or Argon2id (passwords).

-- Whoever may own rows: the owner_id of services, heartbeats and channels. 0 is the operator and has no row.
CREATE TABLE owner (
  id ${identity},
  kind SMALLINT NOT NULL              -- 1 account, 2 team
);

CREATE TABLE account (
  id BIGINT PRIMARY KEY,              -- of its owner
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,     -- in lower case
  password TEXT,                      -- Argon2id; NULL: signs in elsewhere only
  operates SMALLINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL
);

-- Signed in: with a JWT, or with the cookie of a browser.
CREATE TABLE session (
  id ${identity},
  account_id BIGINT NOT NULL,
  kind SMALLINT NOT NULL,             -- 1 JWT, 2 browser
  secret TEXT UNIQUE,                 -- SHA-256 of the cookie
  address TEXT NOT NULL,              -- of the client
  agent TEXT NOT NULL,                -- what it says it is
  created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);

CREATE INDEX session_account ON session (account_id);

CREATE INDEX session_ends ON session (ends_at);

CREATE TABLE api_token (
  id ${identity},
  account_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  secret TEXT NOT NULL UNIQUE,        -- SHA-256
  permissions TEXT NOT NULL,          -- read,write,ping,results
  created_at BIGINT NOT NULL,
  used_at BIGINT,                     -- to about a minute
  UNIQUE (account_id, name)
);

-- A code with which somebody registers as an operator. Used once.
CREATE TABLE setup_code (
  secret TEXT PRIMARY KEY,            -- SHA-256
  created_at BIGINT NOT NULL
);

-- Changes whenever somebody may no longer do what a token allowed: what processes remember of accounts is valid for one
-- number only.
CREATE TABLE account_revision (
  id SMALLINT PRIMARY KEY,
  number BIGINT NOT NULL
);

INSERT INTO account_revision (id, number) VALUES (1, 0);
