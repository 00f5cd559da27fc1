package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/// Updates a database as a newer version does: with the scripts of this one and others.
public final class NextVersion {
  /// Adds tables, columns and an index.
  public static final String EXPANDS = "db/test/V9001__next.sql";

  /// Takes away a column that a version before used.
  public static final String CONTRACTS = "db/test/V9002__contract.sql";

  private NextVersion() {}

  /// Runs the scripts of this version and `more`.
  ///
  /// @param url of a database of [TestDatabases#freshUrl]
  public static void update(String url, String... more) {
    String[] scripts =
        Stream.concat(Arrays.stream(BlankSqliteTest.SHIPPED), Arrays.stream(more))
            .toArray(String[]::new);
    DatabaseLocation location = DatabaseLocation.parse(url, Path.of(""));
    Database.open(DatabaseConfig.of(location, scripts), Clock.system()).close();
  }
}
