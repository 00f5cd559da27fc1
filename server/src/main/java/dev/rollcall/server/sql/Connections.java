package dev.rollcall.server.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Connections for one purpose, kept open. Each is used by one thread at a time.
sealed interface Connections extends ConnectionFactory, AutoCloseable
    permits SqliteConnections, PostgresConnections {
  /// Jdbi with these connections.
  Jdbi jdbi();

  /// Sets the durability of the transactions that this connection begins from now on.
  void durability(Handle connection, Durability durability);

  /// Closes a broken connection. It is never used again, not even for another sync of its file.
  void condemn(Connection connection);

  /// Why whatever is done with them waits, although the server answers.
  Optional<String> delay();

  /// Whether somebody has waited for a server, and none serves.
  default boolean isUnserved() {
    return false; // a file is always there
  }

  /// Whether somebody waits, and the server that is asked why has not answered for a while.
  default boolean isSilent() {
    return false;
  }

  /// Why there is no connection, if the server refuses the login.
  default Optional<SQLException> refusal() {
    return Optional.empty();
  }

  @Override
  void close();
}
