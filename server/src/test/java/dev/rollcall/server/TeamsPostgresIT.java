package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class TeamsPostgresIT extends TeamsIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }
}
