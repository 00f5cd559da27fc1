package dev.rollcall.server.sql;

import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.mapper.RowMapper;

/// A table whose rows become due. It has these columns, and an index on `due_at`:
///
/// ```sql
/// due_at BIGINT,                  -- epoch milliseconds; NULL: never due
/// fence  BIGINT NOT NULL DEFAULT 0,
/// owner  BIGINT                   -- NULL: nobody has claimed it
/// ```
///
/// @param name the table
/// @param key its BIGINT primary key
/// @param columns the columns that the mapper reads, as in a SELECT
/// @param mapper reads these columns; the key, `due_at` and `fence` are read already
/// @param lease how long a claim of a row holds: longer than its work may take
/// @param next when a finished row is due again, as SQL with its columns and `:at`, which the
///   caller of finish passes. It may be `:at` itself, or the first instant after it in the phase of
///   the row: `((:at - phase_ms) / interval_ms + 1) * interval_ms + phase_ms`
/// @param part the rows of the table to claim, as an SQL condition: `channel = 'mail'`, with an
///   index on its column and `due_at`; empty for all rows
/// @param <T> the content of a row
public record DueTable<T>(
    String name,
    String key,
    String columns,
    RowMapper<T> mapper,
    Function<T, Duration> lease,
    String next,
    String part) {
  /// All rows of the table.
  public DueTable(
      String name,
      String key,
      String columns,
      RowMapper<T> mapper,
      Function<T, Duration> lease,
      String next) {
    this(name, key, columns, mapper, lease, next, "");
  }

  /// The rows for which `condition` holds. Each part of a table is claimed on its own, so that rows
  /// that wait in one part do not hide those in another.
  public DueTable<T> part(String condition) {
    return new DueTable<>(name, key, columns, mapper, lease, next, condition);
  }
}
