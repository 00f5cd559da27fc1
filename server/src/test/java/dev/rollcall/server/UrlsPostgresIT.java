package dev.rollcall.server;

import dev.rollcall.server.app.MigratedPostgres;

/// The same on PostgreSQL.
class UrlsPostgresIT extends UrlsIT {
  @Override
  String database() {
    return MigratedPostgres.freshUrl();
  }
}
