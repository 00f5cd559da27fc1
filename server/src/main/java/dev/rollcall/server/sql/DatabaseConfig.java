package dev.rollcall.server.sql;

import java.util.List;

/// How to open a database.
///
/// @param location where it is
/// @param readers how many reads may run at once
/// @param writers how many transactions may write at once; SQLite always has one writer
/// @param migrations the scripts of this program, as names of class path resources in the order of
///   their versions: `db/migration/V1__monitor.sql`; those in `db/sqlite` and `db/postgres` are for
///   one engine only
public record DatabaseConfig(
    DatabaseLocation location, int readers, int writers, List<String> migrations) {
  /// Requires at least one of each.
  public DatabaseConfig {
    if (readers < 1 || writers < 1) {
      throw new IllegalArgumentException(
          "at least one reader and one writer, but got " + readers + " and " + writers);
    }
    migrations = List.copyOf(migrations);
  }

  /// The version of the newest script.
  public int schema() {
    return migrations.stream().mapToInt(name -> new Script(name).version()).max().orElse(0);
  }

  /// Four readers and four writers: enough for a few cores.
  public static DatabaseConfig of(DatabaseLocation location, String... migrations) {
    return new DatabaseConfig(location, 4, 4, List.of(migrations));
  }
}
