package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class HeartbeatOwnersPostgresIT extends HeartbeatOwnersIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }
}
