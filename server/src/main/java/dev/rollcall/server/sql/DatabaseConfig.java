package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import java.util.List;
import java.util.Optional;

/// How to open a database.
///
/// @param location where it is
/// @param readers how many reads may run at once
/// @param writers how many transactions may write at once; SQLite always has one writer
/// @param migrations the scripts of this program, as names of class path resources in the order of
///   their versions: `db/migration/V1__monitor.sql`; those in `db/sqlite` and `db/postgres` are for
///   one engine only
/// @param standby where reads that may be a few seconds old are served
public record DatabaseConfig(
    DatabaseLocation location,
    int readers,
    int writers,
    List<String> migrations,
    Optional<PostgresServer> standby) {
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
    return new DatabaseConfig(location, 4, 4, List.of(migrations), Optional.empty());
  }

  /// The same with a standby of the database.
  public DatabaseConfig withStandby(PostgresServer server) {
    return new DatabaseConfig(location, readers, writers, migrations, Optional.of(server));
  }

  /// Whether transactions leave a token: see [Database#MIGRATIONS].
  boolean certainCommits() {
    return migrations.contains(CertainCommits.MIGRATION);
  }
}
