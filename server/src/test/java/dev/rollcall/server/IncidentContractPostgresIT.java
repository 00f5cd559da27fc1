package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class IncidentContractPostgresIT extends IncidentContractIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }
}
