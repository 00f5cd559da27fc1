-- How often somebody has been warned that the certificate of a service ends soon.

ALTER TABLE service_metric ADD COLUMN certificate_warnings INTEGER NOT NULL DEFAULT 0;
