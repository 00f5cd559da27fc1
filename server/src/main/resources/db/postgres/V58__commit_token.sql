-- A transaction and this row are committed together. If the answer of a commit is lost, the row says what has become of
-- it: the transaction adds its token as written, whoever asks adds it as not written, and only one of both can.
CREATE TABLE commit_token (
  token BIGINT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,             -- milliseconds since 1970 UTC; old rows are of no use
  written BOOLEAN NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
