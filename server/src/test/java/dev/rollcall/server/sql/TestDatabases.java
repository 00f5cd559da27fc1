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
import java.time.Duration;
import java.util.List;
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
/// One PostgreSQL runs for all tests of a JVM and ends with it; each test gets a schema of its own,
/// a program a database.
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

    @Override
    public DatabaseLocation withTables(Path directory, String... migrations) {
      PostgresServer schema = freshOn(Server.PORT);
      BlankPostgres.fill(schema, List.of(migrations));
      return schema;
    }
  };

  private static final AtomicInteger NAMES = new AtomicInteger();

  /// Where a new, empty database is.
  public abstract DatabaseLocation fresh(Path directory);

  /// Where a new database is that will have the tables of those migrations when it is opened, and
  /// on PostgreSQL has them already: Flyway takes three times as long.
  public DatabaseLocation withTables(Path directory, String... migrations) {
    return fresh(directory);
  }

  /// A new database with the tables of those migrations.
  public Database open(Path directory, Clock clock, String... migrations) {
    return Database.open(DatabaseConfig.of(withTables(directory, migrations), migrations), clock);
  }

  /// The port at which PostgreSQL listens.
  public static int postgresPort() {
    return Server.PORT;
  }

  /// The PostgreSQL of this JVM.
  public static EmbeddedPostgres postgres() {
    return Server.POSTGRES;
  }

  /// A new, empty database of it, as a program is told it.
  public static String freshUrl() {
    return created("");
  }

  /// A copy of that database, to which nobody is connected.
  public static String copyOf(String freshUrl) {
    return created(" TEMPLATE " + name(freshUrl));
  }

  private static String created(String how) {
    String name = "fresh" + NAMES.incrementAndGet();
    execute("CREATE DATABASE " + name + how);
    return "postgresql://postgres:postgres@127.0.0.1:" + Server.PORT + "/" + name;
  }

  /// Another client of that database.
  public static Connection connection(String freshUrl) throws SQLException {
    return Server.POSTGRES.getDatabase("postgres", name(freshUrl)).getConnection();
  }

  private static String name(String freshUrl) {
    return freshUrl.substring(freshUrl.lastIndexOf('/') + 1);
  }

  /// A new schema, reached through that port.
  public static PostgresServer freshOn(int port) {
    String schema = "test" + NAMES.incrementAndGet();
    execute("CREATE SCHEMA " + schema);
    return new PostgresServer(
        "127.0.0.1:" + port + "/postgres?currentSchema=" + schema, "postgres", "postgres");
  }

  private static void execute(String statement) {
    try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
        Statement all = connection.createStatement()) {
      all.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Started when first needed; it stops in its own shutdown hook.
  private static final class Server {
    /// A machine that is busy with other things starts it in more than the ten seconds that are
    /// usual.
    static final Duration PATIENCE = Duration.ofMinutes(1);

    static final EmbeddedPostgres POSTGRES = start();
    static final int PORT = POSTGRES.getPort();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setPGStartupWait(PATIENCE).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
