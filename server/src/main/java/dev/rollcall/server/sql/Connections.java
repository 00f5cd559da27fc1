package dev.rollcall.server.sql;

import java.sql.Connection;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Long-lived connections of one purpose, each used by one thread at a time.
sealed interface Connections extends ConnectionFactory, AutoCloseable
    permits SqliteConnections, PostgresConnections {
  /// SQL over these connections.
  Jdbi jdbi();

  /// Makes the transactions that this connection begins from now on survive that much.
  void durability(Handle connection, Durability durability);

  /// Closes a connection that met trouble: it is never used again, not even to sync its file once
  /// more.
  void condemn(Connection connection);

  @Override
  void close();
}
