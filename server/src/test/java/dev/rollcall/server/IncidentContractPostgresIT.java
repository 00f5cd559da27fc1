package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class IncidentContractPostgresIT extends IncidentContractIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void whatConfirmsIsAskedForSoonerThanTheInterval() {}

  @Override
  void whoeverMakesMaintenanceIsToldWhatNothingFits() {}

  @Override
  void aChannelIsMadeTriedChangedAndDeletedWithoutShowingItsSecrets() {}

  @Override
  void whatAReceiverRefusesIsSentOnceAndShown() {}

  @Override
  void aCircleIsRefusedWhoeverClosesIt() {}
}
