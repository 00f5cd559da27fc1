package dev.rollcall.server.sql;

import java.time.Duration;
import java.util.Optional;
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
/// @param next when a finished row is due again, as SQL with its columns and one `?`, the instant
///   that the caller of finish passes. It may be `?` itself ([#AS_FINISHED]), or the first instant
///   after it in the phase of the row: `((? - phase_ms) / interval_ms + 1) * interval_ms +
///   phase_ms`
/// @param part a text column that divides the table into parts, with an index on it and `due_at`:
///   each part is claimed on its own, so that rows that wait in one do not hide those in another
/// @param <T> the content of a row
public record DueTable<T>(
    String name,
    String key,
    String columns,
    RowMapper<T> mapper,
    Function<T, Duration> lease,
    String next,
    Optional<String> part) {
  /// The next due instant is the one that the caller of finish passes.
  public static final String AS_FINISHED = "?";

  /// Checks that [DueRows] has one place for the instant.
  public DueTable {
    if (next.chars().filter(c -> c == '?').count() != 1) {
      throw new IllegalArgumentException("one ? stands for the instant in " + next);
    }
  }

  /// A table that has no parts.
  public DueTable(
      String name,
      String key,
      String columns,
      RowMapper<T> mapper,
      Function<T, Duration> lease,
      String next) {
    this(name, key, columns, mapper, lease, next, Optional.empty());
  }

  /// The same table, divided by `column`.
  public DueTable<T> dividedBy(String column) {
    return new DueTable<>(name, key, columns, mapper, lease, next, Optional.of(column));
  }
}
