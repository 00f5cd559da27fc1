package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;
import java.nio.file.Path;

/// The same on PostgreSQL.
class IncidentPostgresIT extends IncidentIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void aCertificateThatEndsSoonIsToldUntilThereIsANewerOne(Path folder) {}

  @Override
  void aChannelIsTriedAtOnce() {}
}
