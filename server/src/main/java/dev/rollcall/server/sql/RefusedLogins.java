package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.sql.PostgresHosts.Opener;
import dev.rollcall.server.time.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The hosts that refuse the user or the password. Each is asked again after five seconds: whoever
/// asks in between gets the same refusal at once. All pools would ask several times a second
/// otherwise, and the server logs each refusal.
final class RefusedLogins {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /// What a host said.
  ///
  /// @param until before this time of the monotonic clock it is not asked again
  private record Refusal(SQLException said, Duration until) {}

  private final Clock clock;
  private final Map<PostgresServer, Refusal> refusals = new ConcurrentHashMap<>();

  RefusedLogins(Clock clock) {
    this.clock = clock;
  }

  /// Whether a server has refused the user or the password: class 28 of [its
  /// codes](https://www.postgresql.org/docs/current/errcodes-appendix.html).
  static boolean isRefusal(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && state.startsWith("28");
  }

  /// A new connection to that host, unless it has just refused one.
  Connection open(PostgresServer host, Opener opener) throws SQLException {
    Refusal refusal = refusals.get(host);
    if (refusal != null && !mayAsk(host, refusal)) {
      throw new SQLException(Dialect.words(refusal.said()), refusal.said().getSQLState());
    }
    try {
      Connection connection = opener.open(host);
      refusals.remove(host);
      return connection;
    } catch (SQLException e) {
      if (isRefusal(e)) {
        refusals.put(host, refusal(e));
      } else {
        refusals.remove(host);
      }
      throw e;
    }
  }

  /// Of those who ask after the pause, the first one may.
  private boolean mayAsk(PostgresServer host, Refusal refusal) {
    return clock.monotonic().compareTo(refusal.until()) >= 0
        && refusals.replace(host, refusal, refusal(refusal.said()));
  }

  private Refusal refusal(SQLException said) {
    return new Refusal(said, clock.monotonic().plus(PAUSE));
  }
}
