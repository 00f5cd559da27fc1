-- Second factors of accounts. Times are milliseconds since 1970 UTC.

-- 1: it has an authenticator app or a passkey, so its password alone signs nobody in.
ALTER TABLE account ADD COLUMN second_factor SMALLINT NOT NULL DEFAULT 0;

-- Authenticator apps.
CREATE TABLE totp (
  account_id BIGINT PRIMARY KEY,
  secret TEXT NOT NULL,               -- sealed
  confirmed SMALLINT NOT NULL,        -- 0: it was shown, but no code of it has come yet
  used_step BIGINT NOT NULL,          -- the newest step of 30 s whose code was used
  created_at BIGINT NOT NULL
);

CREATE TABLE passkey (
  id ${identity},
  account_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  credential TEXT NOT NULL UNIQUE,    -- its id, Base64url
  public_key TEXT NOT NULL,           -- attested credential data (WebAuthn, 6.5.1), Base64url
  origin TEXT NOT NULL,               -- of the page it was registered on
  counter BIGINT NOT NULL,            -- of its uses; 0: it does not count them
  backup_eligible SMALLINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);

CREATE INDEX passkey_account ON passkey (account_id);

-- Challenges of passkeys that were answered, until they end by themselves.
CREATE TABLE used_challenge (
  challenge TEXT PRIMARY KEY,         -- SHA-256
  ends_at BIGINT NOT NULL
);

CREATE TABLE recovery_code (
  account_id BIGINT NOT NULL,
  secret TEXT NOT NULL,               -- SHA-256
  PRIMARY KEY (account_id, secret)
);

-- The password was right, the second factor is still to come.
CREATE TABLE pending_sign_in (
  secret TEXT PRIMARY KEY,            -- SHA-256 of the cookie
  account_id BIGINT NOT NULL,
  attempts SMALLINT NOT NULL,         -- codes that were tried
  ends_at BIGINT NOT NULL
);

CREATE INDEX pending_sign_in_account ON pending_sign_in (account_id);
