package dev.rollcall.server.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// One statement run for many rows, straight through JDBC: for what is written with every check, as
/// Jdbi's binding of a value costs about as much as SQLite's writing it.
public final class Rows {
  /// Sets the parameters of the statement, counted from 1, to the values of one row.
  @FunctionalInterface
  public interface Binder<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }

  private Rows() {}

  /// Runs `sql` for each of `rows`, and tells, one for one, how many rows of the table each
  /// changed.
  public static <T> int[] write(Handle tx, String sql, List<T> rows, Binder<T> binder) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = tx.getConnection().prepareStatement(sql)) {
      for (T row : rows) {
        binder.bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }
}
