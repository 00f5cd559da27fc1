package dev.rollcall.server;

import dev.rollcall.server.sql.TestDatabases;

/// The same on PostgreSQL.
class TeamsPostgresIT extends TeamsIT {
  @Override
  String database() {
    return TestDatabases.freshUrl();
  }
}
