package dev.rollcall.server.heartbeat;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Optional;

/// Reads and writes instants in nullable columns of milliseconds.
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
