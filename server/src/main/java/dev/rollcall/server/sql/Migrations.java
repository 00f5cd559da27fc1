package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/// Updates the tables to the state that this program needs.
///
/// Flyway does this. But loading Flyway takes a third of a second, so its history table is read
/// first: if it contains exactly the scripts of this program, nothing has to be done. A new SQLite
/// file is filled by [BlankSqlite]. The rows of tables that SQLite has to build anew are copied by
/// [RebuiltTables], between two scripts.
///
/// A database that a newer program has updated is refused, unless its table `schema_needs` says
/// that this program may still work on it: so the processes on one PostgreSQL can be updated one
/// after the other.
final class Migrations {
  /// Kept in a field: a logger without references is collected, and its level is lost.
  private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

  private static final System.Logger LOG = System.getLogger(Migrations.class.getName());

  private final DatabaseLocation location;
  private final Dialect dialect;
  private final Clock clock;
  private final SortedMap<Integer, Script> shipped = new TreeMap<>();

  /// @param names of class path resources: see [Script]
  Migrations(DatabaseLocation location, Dialect dialect, List<String> names, Clock clock) {
    this.location = location;
    this.dialect = dialect;
    this.clock = clock;
    for (String name : names) {
      if (!dialect.runs(name)) {
        continue;
      }
      Script script = new Script(name);
      if (shipped.put(script.version(), script) != null) {
        throw new IllegalArgumentException("two migrations of version " + script.version());
      }
    }
  }

  /// @param answered is run when the database has answered the query for its history
  /// @throws StorageException if the database is newer than this program, or not Rollcall's
  /// @throws SQLException if it is not reachable
  void run(DataSource source, Runnable answered) throws SQLException {
    // Kept open until the end: SQLite empties its log, with four syncs, when the last connection
    // closes.
    try (Connection held = source.getConnection()) {
      Map<Integer, Integer> applied = applied(held);
      answered.run();
      run(source, held, applied);
    }
  }

  private void run(DataSource source, Connection held, Map<Integer, Integer> applied)
      throws SQLException {
    int newest = applied.keySet().stream().max(Integer::compare).orElse(0);
    int own = shipped.isEmpty() ? 0 : shipped.lastKey();
    if (newest > own && applied.keySet().containsAll(shipped.keySet()) && mayUse(held, own)) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} has tables of a newer Rollcall (schema {1}, this program knows {2}), which this one"
              + " may use too",
          location,
          newest,
          own);
      return;
    }
    if (newest > own) {
      throw new StorageException(
          "%s was written by a newer Rollcall (schema %d, this program knows %d): start the newer one, or choose another database"
              .formatted(location, newest, own),
          StorageException.Outcome.REPAIR);
    }
    Map<Integer, Integer> known =
        shipped.values().stream().collect(Collectors.toMap(Script::version, Script::checksum));
    if (applied.equals(known)) {
      return;
    }
    if (dialect instanceof Dialect.Sqlite && BlankSqlite.is(held)) {
      fill(held);
    } else {
      migrate(source, held, applied.keySet());
    }
  }

  /// Whether tables that were changed by a newer program say that one that knows version `own` of
  /// them may work on them beside it.
  private static boolean mayUse(Connection connection, int own) throws SQLException {
    if (!exists(connection, "schema_needs")) {
      return false;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT version FROM schema_needs")) {
      return row.next() && row.getInt(1) <= own;
    }
  }

  private static boolean exists(Connection connection, String table) throws SQLException {
    try (ResultSet tables =
        connection.getMetaData().getTables(null, connection.getSchema(), table, null)) {
      return tables.next();
    }
  }

  /// Version and checksum of the applied scripts; empty if there is no history yet.
  private static Map<Integer, Integer> applied(Connection connection) throws SQLException {
    Map<Integer, Integer> applied = new HashMap<>();
    if (!exists(connection, "flyway_schema_history")) {
      return applied;
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT version, checksum FROM flyway_schema_history"
                    + " WHERE success AND version IS NOT NULL")) {
      while (rows.next()) {
        applied.put(rows.getInt(1), rows.getInt(2));
      }
    }
    return applied;
  }

  private void fill(Connection blank) throws SQLException {
    try {
      BlankSqlite.fill(blank, shipped.values(), dialect.placeholders());
    } catch (SQLException e) {
      if (dialect.diagnose(e).fault() != Dialect.Fault.STATEMENT) {
        throw e;
      }
      throw cannotMigrate(e);
    }
  }

  private void migrate(DataSource source, Connection held, Set<Integer> applied)
      throws SQLException {
    FLYWAY.setLevel(Level.WARNING);
    for (Script script : shipped.values()) {
      if (script.beginsRebuild()
          && !applied.contains(shipped.tailMap(script.version() + 1).firstKey())) {
        migrate(source, Integer.toString(script.version()));
        RebuiltTables.fill(held, clock);
      }
    }
    migrate(source, "latest");
  }

  /// @param target the last version to apply
  private void migrate(DataSource source, String target) {
    try {
      Flyway.configure()
          .loggers("slf4j")
          .dataSource(source)
          .resourceProvider(new Shipped(shipped.values()))
          .placeholders(dialect.placeholders())
          .target(target)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw cannotMigrate(e);
    }
  }

  private StorageException cannotMigrate(Exception e) {
    Dialect.Diagnosis found = dialect.diagnose(e);
    switch (found.fault()) {
      case STATEMENT, LASTING -> {}
      case CONFLICT, PASSING, LOST -> {
        return new StorageException(
            location + ": its tables are not up to date yet: " + found.words(),
            StorageException.Outcome.RETRY,
            e);
      }
    }
    String reason = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
    return new StorageException(
        location + ": its tables cannot be brought up to date: " + reason,
        StorageException.Outcome.REPAIR,
        e);
  }

  /// Gives Flyway the scripts, so that it does not search the class path.
  private record Shipped(Collection<Script> scripts) implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return scripts.stream()
          .filter(script -> script.getRelativePath().equals(name))
          .findFirst()
          .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return scripts.stream()
          .filter(
              script ->
                  script.getFilename().startsWith(prefix)
                      && Arrays.stream(suffixes).anyMatch(script.getFilename()::endsWith))
          .<LoadableResource>map(script -> script)
          .toList();
    }
  }
}
