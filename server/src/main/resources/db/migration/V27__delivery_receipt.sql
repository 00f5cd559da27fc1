-- What the receiver returned for a delivery: the id of its message, for what is said about the same incident later.

ALTER TABLE outbox_delivery ADD COLUMN receipt TEXT; -- NULL: nothing
