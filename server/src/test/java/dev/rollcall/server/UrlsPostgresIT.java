package dev.rollcall.server;

import dev.rollcall.server.sql.TestDatabases;

/// The same on PostgreSQL.
class UrlsPostgresIT extends UrlsIT {
  @Override
  String database() {
    return TestDatabases.freshUrl();
  }
}
