-- The target pool: what nodes measure. Times are milliseconds since 1970 UTC.

CREATE TABLE target (
  id ${identity},                 -- in the order of arrival: what is handed out together lies together
  address ${blob} NOT NULL UNIQUE, -- 4 or 16 bytes
  name TEXT,                      -- the host name it was given by
  origin SMALLINT NOT NULL,       -- 0 found as a hop, 1 given as a target
  added_at BIGINT NOT NULL,
  measured_at BIGINT,             -- NULL: never
  due_at BIGINT NOT NULL,         -- when it may be handed out; 0: never measured, so before all others
  lease BIGINT                    -- the number of the hand-out that took it last; NULL: measured, or never taken
);

CREATE INDEX target_due ON target (due_at, id);

CREATE INDEX target_lease ON target (lease) WHERE lease IS NOT NULL;

-- How many targets each /24 (3 bytes) and /48 (6 bytes) has.
CREATE TABLE target_network (
  network ${blob} NOT NULL PRIMARY KEY,
  members INTEGER NOT NULL
) ${without_rowid};

-- One row, which everybody who changes the pool locks first: so the caps hold, and no target is handed out twice.
CREATE TABLE target_pool (
  id BIGINT NOT NULL PRIMARY KEY,
  members BIGINT NOT NULL,        -- how many targets there are
  leases BIGINT NOT NULL          -- how many hand-outs there have been
);

INSERT INTO target_pool (id, members, leases) VALUES (1, 0, 0);
