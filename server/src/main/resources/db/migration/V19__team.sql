-- Teams. Times are milliseconds since 1970 UTC.
CREATE TABLE team (
  id BIGINT PRIMARY KEY,              -- of its owner: what a team has refers to it
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT                   -- it is being deleted: its rows go one kind after the other
);

CREATE TABLE team_member (
  team_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  role SMALLINT NOT NULL,             -- 1 viewer, 2 editor, 3 owner
  since BIGINT NOT NULL,
  PRIMARY KEY (team_id, account_id)
);

CREATE INDEX team_member_account ON team_member (account_id);

-- A link with which somebody joins a team, or may register. Used once.
CREATE TABLE invitation (
  id ${identity},
  team_id BIGINT NOT NULL,            -- 0: to register only
  role SMALLINT NOT NULL,             -- in the team
  secret TEXT NOT NULL UNIQUE,        -- SHA-256
  made_by TEXT NOT NULL,              -- as people read it
  created_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL
);

CREATE INDEX invitation_team ON invitation (team_id);

-- An API token belongs to an account or to a team.
ALTER TABLE api_token RENAME COLUMN account_id TO owner_id;
