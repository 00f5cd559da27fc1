package dev.rollcall.server.heartbeat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;

/// Instants in columns of milliseconds, some of which may be empty.
final class InstantColumns {
  private InstantColumns() {}

  static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  static void set(PreparedStatement row, int place, Optional<Instant> instant) throws SQLException {
    if (instant.isPresent()) {
      row.setLong(place, instant.get().toEpochMilli());
    } else {
      row.setNull(place, Types.BIGINT);
    }
  }
}
