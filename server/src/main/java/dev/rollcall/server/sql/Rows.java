package dev.rollcall.server.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// Runs one statement for many rows with plain JDBC. It is for what is written with every check or
/// ping, since Jdbi takes about as long to bind a value as SQLite takes to write it. The prepared
/// statements are kept, as those of Jdbi are.
public final class Rows {
  /// Sets the parameters of the statement, counted from 1, to the values of one row.
  @FunctionalInterface
  public interface Binder<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }

  /// Maps the current row of a result.
  @FunctionalInterface
  public interface Mapper<R> {
    R map(ResultSet row) throws SQLException;
  }

  private interface Work<R> {
    R with(PreparedStatement statement) throws SQLException;
  }

  private Rows() {}

  /// Runs `sql` for each of `rows`.
  ///
  /// @return for each, how many rows of the table it changed
  public static <T> int[] write(Handle tx, String sql, List<T> rows, Binder<T> binder) {
    if (rows.isEmpty()) {
      return new int[0];
    }
    return prepared(
        tx,
        sql,
        statement -> {
          if (rows.size() == 1) {
            binder.bind(statement, rows.getFirst());
            return new int[] {statement.executeUpdate()};
          }
          for (T row : rows) {
            binder.bind(statement, row);
            statement.addBatch();
          }
          return statement.executeBatch();
        });
  }

  /// Runs the query `sql` once, with the parameters from `question`, and returns its rows.
  public static <T, R> List<R> read(
      Handle tx, String sql, T question, Binder<T> binder, Mapper<R> mapper) {
    return prepared(
        tx,
        sql,
        statement -> {
          binder.bind(statement, question);
          List<R> rows = new ArrayList<>(1);
          try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
              rows.add(mapper.map(found));
            }
          }
          return rows;
        });
  }

  private static <R> R prepared(Handle tx, String sql, Work<R> work) {
    Connection connection = tx.getConnection();
    try {
      if (!(tx.getStatementBuilder() instanceof PreparedStatements kept)) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) { // pgjdbc keeps them
          return work.with(statement);
        }
      }
      PreparedStatement statement = kept.take(connection, sql);
      try {
        return work.with(statement);
      } finally {
        kept.close(connection, sql, statement);
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }
}
