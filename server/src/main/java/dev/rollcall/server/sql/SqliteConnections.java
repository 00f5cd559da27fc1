package dev.rollcall.server.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// A limited number of connections to one SQLite file. They are opened when needed, and the last
/// used is used first, as its cache is warm. Their prepared statements live as long as they do.
/// They are opened with [Durability#POWER].
final class SqliteConnections implements Connections {
  /// Opens one connection.
  interface Opener {
    Connection open() throws SQLException;
  }

  private final int most;
  private final Opener opener;
  private final Semaphore free;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private final Map<Connection, PreparedStatements> statements = new ConcurrentHashMap<>();
  private final Map<Connection, Durability> durabilities = new ConcurrentHashMap<>();
  private final Jdbi jdbi;
  private volatile boolean closed;

  SqliteConnections(int most, Opener opener) {
    this.most = most;
    this.opener = opener;
    this.free = new Semaphore(most, true);
    this.jdbi = Jdbi.create(this);
    jdbi.setStatementBuilderFactory(
        connection -> statements.computeIfAbsent(connection, ignored -> new PreparedStatements()));
  }

  @Override
  public Jdbi jdbi() {
    return jdbi;
  }

  @Override
  public Connection openConnection() throws SQLException {
    free.acquireUninterruptibly();
    boolean taken = false;
    try {
      if (closed) {
        throw new StorageException("the database is closed", StorageException.Outcome.REPAIR);
      }
      Connection warm = idle.pollFirst();
      Connection connection = warm == null ? opener.open() : warm;
      taken = true;
      return connection;
    } finally {
      if (!taken) {
        free.release();
      }
    }
  }

  @Override
  public void closeConnection(Connection connection) throws SQLException {
    try {
      if (closed) {
        condemn(connection);
      } else if (!connection.isClosed()) {
        idle.addFirst(connection);
      }
    } finally {
      free.release();
    }
  }

  @Override
  public void durability(Handle handle, Durability durability) {
    Connection connection = handle.getConnection();
    if (durabilities.getOrDefault(connection, Durability.POWER) != durability) {
      handle.execute(
          switch (durability) {
            case POWER -> "PRAGMA synchronous = FULL";
            case PROCESS -> "PRAGMA synchronous = NORMAL";
          });
      durabilities.put(connection, durability);
    }
  }

  @Override
  public Optional<String> delay() {
    return Optional.empty();
  }

  @Override
  public void condemn(Connection connection) {
    durabilities.remove(connection);
    PreparedStatements prepared = statements.remove(connection);
    try {
      if (prepared != null) {
        prepared.closeAll();
      }
      connection.close();
    } catch (SQLException ignored) {
      // It was broken; its resources are released as far as possible.
    }
  }

  /// Waits until no connection is in use.
  @Override
  public void close() {
    closed = true;
    free.acquireUninterruptibly(most);
    for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
      condemn(connection);
    }
  }
}
