package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class UrlsPostgresIT extends UrlsIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }

  // No database decides what these are about: they run on SQLite alone.

  @Override
  void theCurlLinesOfHttpMonitoringRunAsWritten() {}

  @Override
  void withoutAValidTokenNothingIsAdded() {}

  @Override
  void whatIsNotPublicIsNotReached() {}

  @Override
  void channelsOfAnAccountLeadToPublicAddressesOnly() {}
}
