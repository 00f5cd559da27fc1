-- Which programs may work on these tables: those that know at least this version of them. A script that only adds what
-- an older program does not see (expand) leaves it as it is. One that takes away or changes what an older program uses
-- (contract) raises it to the first version that no longer uses that. See ARCHITECTURE.md.
CREATE TABLE schema_needs (
  id SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL
);

INSERT INTO schema_needs (id, version) VALUES (1, 55);
