-- Once, on the first primary: psql -v password=... -v replication_password=... -f roles.sql
CREATE ROLE rollcall LOGIN PASSWORD :'password';
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
CREATE DATABASE rollcall OWNER rollcall;
