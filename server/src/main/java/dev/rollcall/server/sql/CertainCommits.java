package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;

/// Finds out whether a commit has happened if the connection broke before its answer came, so that
/// a transaction is never written twice.
///
/// Each transaction that writes adds a row with a number of its own, the token, together with its
/// commit. If the answer is lost, another connection adds the same token, marked as not written.
/// Only one of both can be added. If the transaction was first, it is committed. Otherwise it never
/// will be, even if its commit is still on its way to the server, and can run again. This also
/// holds after a failover, since the token is replicated together with the rows. (The number that
/// PostgreSQL gives a transaction does not do: a standby that is promoted may give it to another
/// one.)
final class CertainCommits extends DelegatingTransactionHandler {
  /// The table of the tokens.
  static final String MIGRATION = "db/postgres/V58__commit_token.sql";

  /// One message to the server. A transaction that wrote nothing leaves no token, and so costs no
  /// sync. It also removes the token of an earlier transaction.
  private static final String COMMIT =
      """
      INSERT INTO commit_token (token, at, written)
        SELECT ?, %s, TRUE WHERE pg_current_xact_id_if_assigned() IS NOT NULL;
      DELETE FROM commit_token
        WHERE token = ? AND pg_current_xact_id_if_assigned() IS NOT NULL;
      COMMIT\
      """
          .formatted(InstantColumns.POSTGRES_NOW);

  /// Waits for the other one if it is still being committed. It writes in any case, so that its own
  /// answer says that the standbys, too, have what they must have.
  private static final String SETTLE =
      """
      INSERT INTO commit_token (token, at, written) VALUES (?, %s, FALSE)
      ON CONFLICT (token) DO UPDATE SET at = excluded.at RETURNING written\
      """
          .formatted(InstantColumns.POSTGRES_NOW);

  /// How long it tries to find out.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /// How long one attempt waits for a transaction that is still being committed.
  private static final Duration ATTEMPT = Duration.ofSeconds(4);

  /// After that time nobody asks for a token any more.
  private static final Duration KEPT = Duration.ofDays(1);

  private static final Dialect POSTGRES = new Dialect.Postgres();

  private final Connections writers;
  private final Clock clock;

  /// The token of no transaction.
  private static final long NONE = -1;

  /// Random, so that those of two processes differ.
  private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong() >>> 1);

  /// Tokens whose outcome is known.
  private final ConcurrentLinkedDeque<Long> known = new ConcurrentLinkedDeque<>();

  /// The transaction has not been committed, and never will be.
  static final class NotCommitted extends TransactionException {
    private static final long serialVersionUID = 1L;

    NotCommitted(Throwable cause) {
      super("not committed", cause);
    }
  }

  CertainCommits(TransactionHandler usual, Connections writers, Clock clock) {
    super(usual);
    this.writers = writers;
    this.clock = clock;
  }

  /// Removes what processes left that have ended.
  static void forgetOld(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection();
        PreparedStatement delete =
            connection.prepareStatement(
                "DELETE FROM commit_token WHERE at < " + InstantColumns.POSTGRES_NOW + " - ?")) {
      delete.setLong(1, KEPT.toMillis());
      delete.executeUpdate();
    }
  }

  /// One for each handle.
  @Override
  public TransactionHandler specialize(Handle handle) throws SQLException {
    return new ForHandle(getDelegate().specialize(handle));
  }

  private final class ForHandle extends DelegatingTransactionHandler {
    ForHandle(TransactionHandler usual) {
      super(usual);
    }

    @Override
    public void commit(Handle handle) {
      Connection connection = handle.getConnection();
      long token = next.getAndIncrement();
      Optional<Long> old = Optional.ofNullable(known.poll());
      try {
        send(connection, token, old.orElse(NONE));
      } catch (SQLException e) {
        old.ifPresent(known::add);
        if (POSTGRES.fault(e) != Dialect.Fault.LOST) {
          throw new TransactionException("Failed to commit transaction", e);
        }
        writers.condemn(connection);
        if (!settled(token, e)) {
          throw new NotCommitted(e);
        }
        known.add(token);
        return; // the rest of the handler needs the connection
      }
      known.add(token);
      try {
        super.commit(handle);
      } catch (TransactionException e) {
        writers.condemn(connection); // it broke after the commit
      }
    }
  }

  private void send(Connection connection, long token, long old) throws SQLException {
    try (PreparedStatement commit = connection.prepareStatement(COMMIT)) {
      commit.setLong(1, token);
      commit.setLong(2, old);
      commit.execute();
    }
  }

  /// @return whether the transaction was committed
  /// @throws TransactionException if it cannot be found out in time
  private boolean settled(long token, SQLException lost) {
    Duration end = clock.monotonic().plus(PATIENCE);
    while (true) {
      try {
        return settle(token);
      } catch (SQLException e) {
        lost.addSuppressed(e);
      }
      if (clock.monotonic().compareTo(end) >= 0 || !RetryPause.await(PAUSE)) {
        throw new TransactionException("Failed to commit transaction", lost);
      }
    }
  }

  private boolean settle(long token) throws SQLException {
    Connection connection = writers.openConnection();
    try (PreparedStatement insert = connection.prepareStatement(SETTLE)) {
      insert.setLong(1, token);
      insert.setQueryTimeout(Math.toIntExact(ATTEMPT.toSeconds()));
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } catch (SQLException e) {
      writers.condemn(connection);
      throw e;
    } finally {
      writers.closeConnection(connection);
    }
  }
}
