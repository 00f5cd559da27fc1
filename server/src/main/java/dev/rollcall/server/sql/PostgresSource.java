package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;

/// Opens connections to the primary or to a standby of a database, each for itself.
///
/// @param hosts finds them
/// @param options of the sessions, as in `-c statement_timeout=1000`
/// @param answer how long an answer may take
/// @param again whether one that could not be opened is tried again
record PostgresSource(
    PostgresHosts hosts, Role role, String options, Duration answer, BooleanSupplier again)
    implements DataSource {
  /// Which of the hosts it connects to.
  enum Role {
    PRIMARY,
    STANDBY
  }

  /// How long it may take to get a connection.
  static final Duration CONNECT = Duration.ofSeconds(5);

  /// The same to one of several hosts: packets that are dropped leave time for another host. And to
  /// one that is asked because others wait.
  private static final Duration CONNECT_ONE = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(500);

  /// The server ends a session whose client is gone without closing it, and so its locks, after
  /// eight seconds instead of two hours.
  private static final String DEAD_CLIENTS =
      "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
          + " -c tcp_user_timeout=8000";

  /// A source whose failures are those of its only attempt.
  PostgresSource(PostgresHosts hosts, Role role, String options, Duration answer) {
    this(hosts, role, options, answer, () -> false);
  }

  /// The same for a pool: it opens a connection as soon as that works, while `again` says so. A
  /// pool itself would pause for longer and longer, up to five seconds, also after the server is
  /// back.
  PostgresSource whichInsists(BooleanSupplier again) {
    return new PostgresSource(hosts, role, options, answer, again);
  }

  @Override
  public Connection getConnection() throws SQLException {
    while (true) {
      try {
        return opened();
      } catch (SQLException e) {
        if (!again.getAsBoolean() || !RetryPause.await(PAUSE) || !again.getAsBoolean()) {
          throw e;
        }
      }
    }
  }

  private Connection opened() throws SQLException {
    return switch (role) {
      case PRIMARY -> hosts.connect(this::open);
      case STANDBY -> hosts.connectToStandby(this::open);
    };
  }

  private Connection open(PostgresServer host) throws SQLException {
    return open(host, hosts.several() ? CONNECT_ONE : CONNECT);
  }

  private Connection ask(PostgresServer host) throws SQLException {
    return open(host, CONNECT_ONE);
  }

  private Connection open(PostgresServer host, Duration within) throws SQLException {
    return hosts.logins().open(host, one -> of(one, within).getConnection());
  }

  private PGSimpleDataSource of(PostgresServer host, Duration within) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL("jdbc:postgresql://" + host.address());
    if (!host.user().isEmpty()) {
      source.setUser(host.user());
    }
    if (!host.password().isEmpty()) {
      source.setPassword(host.password());
    }
    source.setApplicationName("rollcall");
    int connect = Math.toIntExact(within.toSeconds());
    source.setConnectTimeout(connect);
    source.setLoginTimeout(connect);
    source.setTcpKeepAlive(true);
    source.setSocketTimeout(Math.toIntExact(answer.toSeconds()));
    String given = source.getOptions();
    source.setOptions((given == null ? "" : given + " ") + DEAD_CLIENTS + options);
    return source;
  }

  /// The places of the servers that serve what waits for them: see [PostgresHosts#serving].
  Set<String> serving(Runnable answered) {
    return servers(answered).stream()
        .map(host -> place(of(host, CONNECT_ONE).getURL()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /// A standby serves as long as it can be reached.
  private List<PostgresServer> servers(Runnable answered) {
    return switch (role) {
      case PRIMARY -> hosts.serving(this::ask, answered);
      case STANDBY -> hosts.reachable(this::ask, answered);
    };
  }

  /// The place of the server of a connection.
  static String place(Connection connection) {
    try {
      return place(connection.unwrap(PgConnection.class).getURL());
    } catch (SQLException e) {
      return ""; // it is closed
    }
  }

  private static String place(String url) {
    return url.replaceFirst("\\?.*", "");
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is part of the location");
  }

  @Override
  public int getLoginTimeout() {
    return Math.toIntExact(CONNECT.toSeconds());
  }

  /// The pool sets it to what it is.
  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("is no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
