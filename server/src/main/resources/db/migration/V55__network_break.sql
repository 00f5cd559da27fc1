-- Where the network is broken now. What is behind such a place says so itself (service_lost.behind).
CREATE TABLE network_break (
  id ${identity},
  hop TEXT NOT NULL UNIQUE,       -- the address of the first hop that nothing passes
  since_at BIGINT NOT NULL        -- when the first that is lost behind it was found down
);
