-- Channels that were made by the API or on a page; those of the configuration file are in the file only.
-- Times are milliseconds since 1970 UTC.

CREATE TABLE channel (
  id ${identity},
  owner_id BIGINT NOT NULL DEFAULT 0, -- 0: the operator
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  definition TEXT NOT NULL,           -- JSON, encrypted with the key of the installation
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (owner_id, name)
);

-- The subject of a notification is a heartbeat's id: another owner's heartbeat may have the same name.
UPDATE outbox_delivery SET subject = 'heartbeat/' || (SELECT h.id FROM heartbeat h
    WHERE h.owner_id = 0 AND h.name = substr(outbox_delivery.subject, 11))
  WHERE state = 0 AND subject LIKE 'heartbeat:%' AND EXISTS (SELECT 1 FROM heartbeat h
    WHERE h.owner_id = 0 AND h.name = substr(outbox_delivery.subject, 11));

UPDATE outbox_delivery SET subject = 'heartbeat/' || substr(subject, 14)
  WHERE state = 0 AND subject LIKE 'heartbeat-id:%';

UPDATE outbox_lane SET subject = 'heartbeat/' || (SELECT h.id FROM heartbeat h
    WHERE h.owner_id = 0 AND h.name = substr(outbox_lane.subject, 11))
  WHERE subject LIKE 'heartbeat:%' AND EXISTS (SELECT 1 FROM heartbeat h
    WHERE h.owner_id = 0 AND h.name = substr(outbox_lane.subject, 11));

UPDATE outbox_lane SET subject = 'heartbeat/' || substr(subject, 14) WHERE subject LIKE 'heartbeat-id:%';
