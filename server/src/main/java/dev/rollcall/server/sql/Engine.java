package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.Dialect.Diagnosis;
import dev.rollcall.server.sql.Dialect.Fault;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SharedClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/// What a [Database] works with: SQLite on a file, in this process, or connections to a PostgreSQL
/// server. Nothing is opened before [#opening].
///
/// @param mostWriters how many transactions may write at once
/// @param file that of SQLite, if it is written
/// @param opening takes the file, updates the tables, and runs what it gets as soon as the database
///   has answered
/// @param clock the clock that counts for everybody who uses the database
record Engine(
    DatabaseLocation location,
    Dialect dialect,
    Connections readers,
    Connections writers,
    int mostWriters,
    Optional<SqliteFile> file,
    Consumer<Runnable> opening,
    Clock clock) {
  /// @param clock that of this machine
  /// @param pragmas further settings of the connection that writes to SQLite
  static Engine of(DatabaseConfig config, Clock clock, List<String> pragmas) {
    return switch (config.location()) {
      case DatabaseLocation.SqliteFile(var path) -> {
        SqliteFile file = new SqliteFile(path);
        yield sqlite(
            config.location(),
            file,
            config.readers(),
            pragmas,
            answered -> {
              file.take();
              migrate(config, new Dialect.Sqlite(), file.dataSource(), answered, clock);
            },
            clock);
      }
      case PostgresServer server -> postgres(server, config, new SharedClock(clock));
    };
  }

  private static Engine postgres(PostgresServer server, DatabaseConfig config, SharedClock clock) {
    Dialect dialect = new Dialect.Postgres();
    PostgresHosts hosts = new PostgresHosts(server);
    return new Engine(
        server,
        dialect,
        PostgresConnections.readers(hosts, config.readers()),
        PostgresConnections.writers(hosts, config.writers(), config.certainCommits()),
        config.writers(),
        Optional.empty(),
        answered ->
            migrate(config, dialect, PostgresConnections.migrations(hosts), answered, clock),
        clock);
  }

  private static Engine sqlite(
      DatabaseLocation location,
      SqliteFile file,
      int readers,
      List<String> pragmas,
      Consumer<Runnable> opening,
      Clock clock) {
    return new Engine(
        location,
        new Dialect.Sqlite(),
        new SqliteConnections(readers, file::reader),
        new SqliteConnections(1, () -> file.writer(pragmas)),
        1,
        Optional.of(file),
        opening,
        clock);
  }

  /// A file with its own schema, which is created if it is missing.
  ///
  /// @throws StorageException in one line: not writable
  static Engine of(PlainFile plain, Clock clock) {
    SqliteFile file = new SqliteFile(plain.file());
    file.make();
    return sqlite(
        new DatabaseLocation.SqliteFile(plain.file()),
        file,
        plain.readers(),
        plain.pragmas(),
        _ -> {},
        clock);
  }

  /// A SQLite file that is no longer written.
  static Engine readOnly(Path file, Clock clock) {
    return new Engine(
        new DatabaseLocation.SqliteFile(file),
        new Dialect.Sqlite(),
        new SqliteConnections(1, () -> SqliteFile.readOnly(file)),
        new SqliteConnections(1, () -> SqliteFile.readOnly(file)),
        1,
        Optional.empty(),
        _ -> {},
        clock);
  }

  /// The clock, if it is that of the server. A file may have one of another database.
  Optional<SharedClock> sharedClock() {
    return dialect instanceof Dialect.Postgres && clock instanceof SharedClock shared
        ? Optional.of(shared)
        : Optional.empty();
  }

  /// @param answered is run when the database has answered the query for its history
  private static void migrate(
      DatabaseConfig config, Dialect dialect, DataSource source, Runnable answered, Clock clock) {
    try {
      new Migrations(config.location(), dialect, config.migrations(), clock).run(source, answered);
      if (dialect instanceof Dialect.Postgres && config.certainCommits()) {
        CertainCommits.forgetOld(source);
      }
    } catch (SQLException e) {
      Diagnosis found = dialect.diagnose(e);
      throw new StorageException(
          config.location() + ": cannot be opened: " + Dialect.words(e),
          found.fault() == Fault.LASTING || found.fault() == Fault.STATEMENT
              ? StorageException.Outcome.REPAIR
              : StorageException.Outcome.RETRY,
          e);
    }
  }
}
