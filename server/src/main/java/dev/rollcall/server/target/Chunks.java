package dev.rollcall.server.target;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

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
    if (keys.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
      for (int from = 0; from < keys.size(); from += SIZE) {
        for (int i = 0; i < SIZE; i++) {
          statement.setBytes(i + 1, keys.get(Math.min(from + i, keys.size() - 1)));
        }
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            found.row(rows);
          }
        }
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }
}
