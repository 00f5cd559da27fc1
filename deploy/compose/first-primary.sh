# Run by the image of PostgreSQL, when its folder is new: no standby is there yet.
rollcall-postgres alone
psql -v ON_ERROR_STOP=1 -v password="$POSTGRES_PASSWORD" -v replication_password="$REPLICATION_PASSWORD" -qf /etc/postgresql/roles.sql
