package dev.rollcall.server.merge;

import dev.rollcall.server.resultschema.ResultTable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a merge says to SQLite about the tables of collectors' files.
final class Tables {
  /// Marks a file that a merge made: `Roll` in SQLite's `application_id`.
  static final int APPLICATION = 0x526f6c6c;

  /// What makes a new file: the collector's tables, and which files went in. The indexes are made
  /// after a first merge: sorting once costs a fraction of finding each row's place.
  static final List<String> SCHEMA =
      Stream.concat(
              ResultTable.CREATE.stream(),
              Stream.of(
                  "CREATE TABLE merged_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                      + " merged_at DATETIME NOT NULL)",
                  "PRAGMA application_id = " + APPLICATION))
          .toList();

  private Tables() {}

  /// Copies rows after `?2` up to `?3`, with ids moved by `?1`, from `source` to `main`.
  static String copy(ResultTable table) {
    List<String> moved =
        Stream.of("id", table.parent()).filter(column -> !column.isEmpty()).toList();
    String read =
        Stream.concat(moved.stream().map(column -> column + " + ?1"), table.columns().stream())
            .collect(Collectors.joining(", "));
    return "INSERT INTO main.%1$s (%2$s) SELECT %3$s FROM source.%1$s WHERE id > ?2 AND id <= ?3 ORDER BY id"
        .formatted(table.name(), String.join(", ", table.allColumns()), read);
  }

  /// Whether the rows `one` and `other` of a table say different things.
  static String differ(ResultTable table, String one, String other) {
    return table.columns().stream()
        .map(column -> "%s.%s IS NOT %s.%s".formatted(one, column, other, column))
        .collect(Collectors.joining(" OR ", "(", ")"));
  }
}
