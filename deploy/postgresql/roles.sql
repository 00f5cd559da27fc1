-- Once, on the first primary: psql -v password=... -v replication_password=... -f roles.sql
-- Without replication_password where Patroni has made that role.
CREATE ROLE rollcall LOGIN PASSWORD :'password';
\if :{?replication_password}
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication_password';
\endif
CREATE DATABASE rollcall OWNER rollcall;
