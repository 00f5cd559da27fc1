package dev.rollcall.server.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/// Finds out whether commits wait for a synchronous standby that does not answer. PostgreSQL waits
/// for it without an end, and says nothing.
///
/// A session shows what it waits for to its own user. One whose client has given up waits on, so
/// this is known for as long as it lasts, also if nobody writes any more.
final class WaitingCommits {
  /// Each commit waits for a moment, also if the standby answers.
  private static final String COUNT =
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE wait_event = 'SyncRep' AND query_start < clock_timestamp() - INTERVAL '1 second'\
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// How long a standby may take until it follows a primary that was started again.
  static final Duration FOLLOWS_AGAIN = Duration.ofSeconds(15);

  private static final String SOON =
      "commits wait for a standby, which may be back by itself within "
          + FOLLOWS_AGAIN.toSeconds()
          + " s";

  private static final String GONE =
      "commits wait for a standby: start it, or let the primary go on alone"
          + " (rollcall-postgres alone: docs/high-availability.md)";

  private WaitingCommits() {}

  /// That commits wait, and what to do if they have done so for a while; empty if none does, or the
  /// server does not say.
  ///
  /// @param already for how long they are known to wait
  static Optional<String> reason(DataSource primary, Duration already) {
    try (Connection connection = primary.getConnection()) {
      connection.setNetworkTimeout(Runnable::run, Math.toIntExact(PATIENCE.toMillis()));
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(COUNT)) {
        row.next();
        return row.getLong(1) > 0 ? Optional.of(words(already)) : Optional.empty();
      }
    } catch (SQLException e) {
      return Optional.empty();
    }
  }

  static String words(Duration already) {
    return already.compareTo(FOLLOWS_AGAIN) < 0 ? SOON : GONE;
  }
}
