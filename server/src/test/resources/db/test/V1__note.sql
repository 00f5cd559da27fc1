-- What StreamBufferTest writes, in the order in which it was written.
CREATE TABLE note (
  place BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  subject VARCHAR(64) NOT NULL,
  n INTEGER NOT NULL
);
