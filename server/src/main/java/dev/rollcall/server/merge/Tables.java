package dev.rollcall.server.merge;

import dev.rollcall.server.resultschema.BatchTable;
import dev.rollcall.server.resultschema.ResultTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The SQL of a merge for the tables of collectors' files.
final class Tables {
  /// Marks files created by a merge: `Roll` in SQLite's `application_id`.
  static final int APPLICATION = 0x526f6c6c;

  /// Creates the tables of a new file: those of the collector, and the list of merged files. The
  /// indexes are created after the first merge: sorting once is much faster than inserting each row
  /// in order.
  static final List<String> SCHEMA =
      Stream.concat(
              ResultTable.CREATE.stream(),
              Stream.of(
                  "CREATE TABLE merged_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                      + " merged_at DATETIME NOT NULL)",
                  "PRAGMA application_id = " + APPLICATION))
          .toList();

  /// Copies the batches of nodes after `?2` up to `?3`, with `?1` added to the ids.
  static final String COPY_BATCHES =
      "INSERT INTO main.%1$s (node, batch, first_id, last_id) SELECT node, batch, first_id + ?1,"
              .formatted(BatchTable.NAME)
          + " last_id + ?1 FROM source.%1$s WHERE first_id > ?2 AND first_id <= ?3"
              .formatted(BatchTable.NAME)
          + " ON CONFLICT DO NOTHING";

  private Tables() {}

  /// Copies rows after `?2` up to `?3` from `source` to `main`, with `?1` added to their ids.
  static String copy(ResultTable table) {
    List<String> moved =
        Stream.of("id", table.parent()).filter(column -> !column.isEmpty()).toList();
    String read =
        Stream.concat(moved.stream().map(column -> column + " + ?1"), table.columns().stream())
            .collect(Collectors.joining(", "));
    return "INSERT INTO main.%1$s (%2$s) SELECT %3$s FROM source.%1$s WHERE id > ?2 AND id <= ?3 ORDER BY id"
        .formatted(table.name(), String.join(", ", table.allColumns()), read);
  }

  /// Whether the rows `one` and `other` of a table differ in any column but their ids.
  static String differ(ResultTable table, String one, String other) {
    return table.columns().stream()
        .map(column -> "%s.%s IS NOT %s.%s".formatted(one, column, other, column))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }
}
