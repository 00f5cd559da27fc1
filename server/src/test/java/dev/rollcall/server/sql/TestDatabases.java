package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.DatabaseLocation.SqliteFile;
import dev.rollcall.server.time.Clock;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/// The real databases that a store's tests run against, each test twice:
///
/// ```java
/// @ParameterizedClass
/// @EnumSource
/// class ServicesTest {
///   @TempDir Path directory;
///   private final TestDatabases engine;
///
///   ServicesTest(TestDatabases engine) {
///     this.engine = engine;
///   }
///
///   @Test
///   void keepsWhatItWasGiven() {
///     try (Database database = engine.open(directory, clock, "db/migration/V1__monitor.sql");
///         GroupCommit commits = new GroupCommit(database)) {
/// ```
///
/// One PostgreSQL runs for all tests of a JVM and ends with it; each test gets a schema of its own.
public enum TestDatabases {
  SQLITE {
    @Override
    public DatabaseLocation fresh(Path directory) {
      return new SqliteFile(directory.resolve("rollcall.db"));
    }
  },
  POSTGRES {
    @Override
    public DatabaseLocation fresh(Path directory) {
      return freshOn(Server.PORT);
    }
  };

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /// Where a new, empty database is.
  public abstract DatabaseLocation fresh(Path directory);

  /// A new database with the tables of those migrations.
  public Database open(Path directory, Clock clock, String... migrations) {
    return Database.open(DatabaseConfig.of(fresh(directory), migrations), clock);
  }

  /// The port at which PostgreSQL listens.
  static int postgresPort() {
    return Server.PORT;
  }

  /// A new schema, reached through that port.
  static PostgresServer freshOn(int port) {
    String schema = "test" + SCHEMAS.incrementAndGet();
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + schema);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new PostgresServer(
        "127.0.0.1:" + port + "/postgres?currentSchema=" + schema, "postgres", "postgres");
  }

  /// Started when first needed; it stops in its own shutdown hook.
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();
    static final int PORT = POSTGRES.getPort();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
