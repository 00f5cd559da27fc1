package dev.rollcall.server.app;

import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.time.Clock;

/// Databases of PostgreSQL that have all tables, and no rows yet. A program starts on one with a
/// second of a processor less than on an empty one: for all tests but those of the first start.
public final class MigratedPostgres {
  private MigratedPostgres() {}

  /// A new one, as a program is told it.
  public static String freshUrl() {
    return TestDatabases.copyOf(Template.URL);
  }

  /// Made once for each JVM; nobody connects to it later.
  private static final class Template {
    static final String URL = migrated(TestDatabases.freshUrl());

    private static String migrated(String url) {
      String at = url.substring(url.indexOf('@') + 1);
      Database.open(Tables.in(new PostgresServer(at, "postgres", "postgres")), Clock.system())
          .close();
      return url;
    }
  }
}
