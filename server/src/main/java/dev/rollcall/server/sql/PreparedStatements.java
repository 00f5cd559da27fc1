package dev.rollcall.server.sql;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/// Keeps the prepared statements of one connection, since SQLite takes longer to prepare a
/// statement than to run it. Beyond 200, the least recently used is closed. (pgjdbc keeps them
/// itself.)
final class PreparedStatements implements StatementBuilder {
  private static final int MOST = 200;

  private final LinkedHashMap<String, PreparedStatement> idle =
      new LinkedHashMap<>(16, 0.75f, true);

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    return connection.createStatement();
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return take(connection, sql);
  }

  /// The statement with that text. Return it with [#close].
  PreparedStatement take(Connection connection, String sql) throws SQLException {
    PreparedStatement kept = idle.remove(sql);
    return kept != null ? kept : connection.prepareStatement(sql);
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return connection.prepareCall(sql);
  }

  @Override
  public void close(Connection connection, @Nullable String sql, Statement statement)
      throws SQLException {
    if (sql == null
        || !(statement instanceof PreparedStatement prepared)
        || connection.isClosed()
        || prepared.isClosed()) {
      statement.close();
      return;
    }
    prepared.clearBatch();
    prepared.clearParameters();
    prepared.setMaxRows(0);
    PreparedStatement twin = idle.put(sql, prepared);
    if (twin != null) {
      twin.close();
    } else if (idle.size() > MOST) {
      Map.Entry<String, PreparedStatement> eldest = idle.pollFirstEntry();
      if (eldest != null) {
        eldest.getValue().close();
      }
    }
  }

  void closeAll() throws SQLException {
    for (PreparedStatement statement : idle.values()) {
      statement.close();
    }
    idle.clear();
  }
}
