package dev.rollcall.server.target;

import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Looks up many binary keys, a hundred with each statement: PostgreSQL would need a round trip for
/// each one otherwise.
final class Chunks {
  private static final int SIZE = 100;

  /// The parameters in the brackets of `IN`.
  static final String PLACES = "?,".repeat(SIZE - 1) + "?";

  /// Receives one row of the result.
  interface Found {
    void row(ResultSet row) throws SQLException;
  }

  private Chunks() {}

  /// Runs `sql`, which contains [#PLACES], for all keys.
  static void each(Handle handle, String sql, List<byte[]> keys, Found found) {
    for (int from = 0; from < keys.size(); from += SIZE) {
      List<byte[]> some = keys.subList(from, Math.min(from + SIZE, keys.size()));
      Rows.read(
          handle,
          sql,
          some,
          Chunks::bind,
          row -> {
            found.row(row);
            return true;
          });
    }
  }

  /// The last key is repeated for the parameters that are left.
  private static void bind(PreparedStatement statement, List<byte[]> keys) throws SQLException {
    for (int i = 0; i < SIZE; i++) {
      statement.setBytes(i + 1, keys.get(Math.min(i, keys.size() - 1)));
    }
  }
}
