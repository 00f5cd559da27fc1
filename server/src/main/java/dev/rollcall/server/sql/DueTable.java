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
/// @param columns what the mapper reads: a list of columns, as in a SELECT
/// @param mapper reads them; the key, `due_at` and `fence` are read already
/// @param lease how long a claim of this row holds: longer than its work may take
/// @param next when a finished row is due again, as SQL over its columns and `:at`, which the
///   finisher gives: just `:at`; or the first instant on a row's own phase after it: `((:at -
///   phase_ms) / interval_ms + 1) * interval_ms + phase_ms`
/// @param part which of the table's rows are meant, as a condition of SQL: `channel = 'mail'`, with
///   an index on what it names and `due_at`; empty for all
/// @param <T> what the mapper makes of a row
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

  /// The rows for which `condition` holds: each part of a table may be claimed by itself, so that
  /// what waits in one keeps nothing in another from being found.
  public DueTable<T> part(String condition) {
    return new DueTable<>(name, key, columns, mapper, lease, next, condition);
  }
}
