package dev.rollcall.server;

import dev.rollcall.server.sql.TestDatabases;

/// The same on PostgreSQL.
class HeartbeatOwnersPostgresIT extends HeartbeatOwnersIT {
  @Override
  String database() {
    return TestDatabases.freshUrl();
  }
}
