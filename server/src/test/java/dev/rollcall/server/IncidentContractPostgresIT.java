package dev.rollcall.server;

import dev.rollcall.server.sql.TestDatabases;

/// The same on PostgreSQL.
class IncidentContractPostgresIT extends IncidentContractIT {
  @Override
  String database() {
    return TestDatabases.freshUrl();
  }
}
