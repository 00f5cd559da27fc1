package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;

/// A program that opens a database, so that its tables are updated.
final class Upgrading {
  private Upgrading() {}

  public static void main(String[] arguments) {
    DatabaseLocation location = DatabaseLocation.parse(arguments[0], Path.of(""));
    Database.open(DatabaseConfig.of(location, BlankSqliteTest.SHIPPED), Clock.system()).close();
  }
}
