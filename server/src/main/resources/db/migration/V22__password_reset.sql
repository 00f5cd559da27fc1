-- A link in a mail with which somebody gives their account another password. Used once.
CREATE TABLE password_reset (
  account_id BIGINT PRIMARY KEY,
  secret TEXT NOT NULL UNIQUE,        -- SHA-256
  ends_at BIGINT NOT NULL             -- milliseconds since 1970 UTC
);
