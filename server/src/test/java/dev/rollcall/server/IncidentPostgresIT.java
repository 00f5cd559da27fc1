package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class IncidentPostgresIT extends IncidentIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }
}
