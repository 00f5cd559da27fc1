package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class IncidentStartPostgresIT extends IncidentStartIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void aDeclaredJobIsToldAsItsKeysSay() {}

  @Override
  void aChannelHasTextsOfItsOwnAndShowsThemBeforehand() {}
}
