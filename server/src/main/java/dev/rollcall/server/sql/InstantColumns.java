package dev.rollcall.server.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;

/// Reads and writes instants in nullable columns of milliseconds.
public final class InstantColumns {
  /// The present time by the clock of PostgreSQL, as an expression of its SQL.
  public static final String POSTGRES_NOW =
      "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

  private InstantColumns() {}

  /// The instant in a column, counted from 1.
  public static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    return orEmpty(row.getLong(column), row);
  }

  /// The instant in a column.
  public static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return orEmpty(row.getLong(column), row);
  }

  private static Optional<Instant> orEmpty(long millis, ResultSet row) throws SQLException {
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /// Sets a parameter, counted from 1.
  public static void set(PreparedStatement row, int place, Optional<Instant> instant)
      throws SQLException {
    if (instant.isPresent()) {
      row.setLong(place, instant.get().toEpochMilli());
    } else {
      row.setNull(place, Types.BIGINT);
    }
  }
}
