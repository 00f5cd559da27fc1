-- All round trips of a check that sends several packets, as a histogram (check/LatencyHistogram).
ALTER TABLE service_tick ADD COLUMN round_trips ${blob}; -- NULL: it has one response time
