package dev.rollcall.server;

import dev.rollcall.server.sql.TestDatabases;

/// The same on PostgreSQL.
class IncidentPostgresIT extends IncidentIT {
  @Override
  String database() {
    return TestDatabases.freshUrl();
  }
}
