package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/// Tables of a SQLite file that are built anew, because SQLite cannot change a key in place.
///
/// A script creates `<table>_next` beside `<table>`, this class copies the rows, and the next
/// script puts the new table in the place of the old one. Each transaction copies at most 20,000
/// rows in the order of the key, so the last copied row says where to continue after a kill. The
/// history has the first script by then, so an older Rollcall refuses the file meanwhile, and
/// nothing else writes the old table.
///
/// Source: [SQLite's way to change a table](https://sqlite.org/lang_altertable.html), section 7.
final class RebuiltTables {
  private static final System.Logger LOG = System.getLogger(RebuiltTables.class.getName());
  private static final String ENDING = "_next";
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(3);

  private final Connection connection;
  private final int rows;
  private final Clock clock;
  private Duration logged;

  /// @param connection does not enforce foreign keys
  /// @param rows how many one transaction copies
  RebuiltTables(Connection connection, int rows, Clock clock) {
    this.connection = connection;
    this.rows = rows;
    this.clock = clock;
    this.logged = clock.monotonic();
  }

  /// Copies all rows that are not copied yet.
  static void fill(Connection connection, Clock clock) throws SQLException {
    new RebuiltTables(connection, 20_000, clock).fill();
  }

  void fill() throws SQLException {
    for (String next : unfinished()) {
      copy(next.substring(0, next.length() - ENDING.length()), next);
    }
  }

  /// The names of the new tables.
  private List<String> unfinished() throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\"
                    + ENDING
                    + "' ESCAPE '\\' ORDER BY name")) {
      while (found.next()) {
        names.add(found.getString(1));
      }
    }
    return names;
  }

  private void copy(String old, String next) throws SQLException {
    Columns columns = columns(old);
    connection.setAutoCommit(false);
    try {
      for (List<Long> last = last(next, columns); ; last = last(next, columns)) {
        if (copyAfter(last, old, next, columns) == 0) {
          return;
        }
        connection.commit();
        tell(old, next, columns.key().getFirst());
      }
    } finally {
      connection.rollback(); // rolls back what is not committed
      connection.setAutoCommit(true);
    }
  }

  /// The columns of a table.
  ///
  /// @param key those of the key, which are whole numbers
  private record Columns(List<String> all, List<String> key) {
    String order() {
      return String.join(", ", key);
    }

    String backwards() {
      return String.join(" DESC, ", key) + " DESC";
    }

    String places() {
      return String.join(", ", Collections.nCopies(key.size(), "?"));
    }
  }

  private Columns columns(String table) throws SQLException {
    List<String> all = new ArrayList<>();
    TreeMap<Integer, String> key = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
      while (found.next()) {
        all.add(found.getString("name"));
        if (found.getInt("pk") > 0) {
          key.put(found.getInt("pk"), found.getString("name"));
        }
      }
    }
    return new Columns(all, List.copyOf(key.values()));
  }

  /// The key of the last copied row; empty if there is none.
  private List<Long> last(String next, Columns columns) throws SQLException {
    List<Long> last = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT %s FROM %s ORDER BY %s LIMIT 1"
                    .formatted(columns.order(), next, columns.backwards()))) {
      if (found.next()) {
        for (int i = 1; i <= columns.key().size(); i++) {
          last.add(found.getLong(i));
        }
      }
    }
    return last;
  }

  /// @return how many rows were copied
  private int copyAfter(List<Long> last, String old, String next, Columns columns)
      throws SQLException {
    String names = String.join(", ", columns.all());
    String after =
        last.isEmpty() ? "" : " WHERE (%s) > (%s)".formatted(columns.order(), columns.places());
    String sql =
        "INSERT INTO %s (%s) SELECT %s FROM %s%s ORDER BY %s LIMIT "
                .formatted(next, names, names, old, after, columns.order())
            + rows;
    try (PreparedStatement copy = connection.prepareStatement(sql)) {
      for (int i = 0; i < last.size(); i++) {
        copy.setLong(i + 1, last.get(i));
      }
      return copy.executeUpdate();
    }
  }

  private void tell(String old, String next, String column) throws SQLException {
    Duration now = clock.monotonic();
    if (now.minus(logged).compareTo(BETWEEN_LINES) < 0) {
      return;
    }
    logged = now;
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT (SELECT MIN(%1$s) FROM %2$s), (SELECT MAX(%1$s) FROM %2$s), (SELECT MAX(%1$s) FROM %3$s)"
                    .formatted(column, old, next))) {
      double first = found.getLong(1);
      double share = (found.getLong(3) - first + 1) / (found.getLong(2) - first + 1);
      LOG.log(
          Level.INFO,
          "the tables of the database are being updated: {0} {1} %",
          old,
          (int) (100 * share));
    }
  }
}
