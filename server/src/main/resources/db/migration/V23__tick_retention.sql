-- The due row of the deletion of old ticks, under the name of what it is for.

ALTER TABLE monitor_upkeep RENAME TO tick_retention;

DROP INDEX monitor_upkeep_due;

CREATE INDEX tick_retention_due ON tick_retention (due_at);
