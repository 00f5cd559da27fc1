-- How far the streams of Redis are applied: see redis/StreamPositions.

CREATE TABLE stream_position (
  stream VARCHAR(64) NOT NULL,
  writer BIGINT NOT NULL,   -- drawn at random
  applied BIGINT NOT NULL,  -- the number of its last item that is applied; -1: none
  given_up BIGINT NOT NULL, -- its items from this number on are ignored
  at BIGINT NOT NULL,       -- when the row was written
  PRIMARY KEY (stream, writer)
);
