package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/// Logs in to a PostgreSQL server and asks `SELECT 1`, as `postgres://user:password@host/database`
/// says. Needs `org.postgresql:postgresql` (pgjdbc).
///
/// Of the URL's parameters those count that say how to connect, as libpq names them: `sslmode`
/// (`disable`, `prefer`, `require`, `verify-ca`, `verify-full`; the default is `prefer`),
/// `sslrootcert`, `sslcert`, `sslkey`. Others are left aside, so that an application's own URL can
/// be used.
///
/// @param name what the probe is called
/// @param server port 5432 and the user `postgres` where it names none; the database is called as
///   the user where it names none
/// @param dialer shared with other probes
public record PostgreSqlProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 5432;
  private static final List<String> HONOURED =
      List.of("sslmode", "sslrootcert", "sslcert", "sslkey");

  private static final List<String> MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /// What counts, and what an application's own URL may say besides, of which nothing decides on
  /// whether the server is well.
  private static final Set<String> KNOWN =
      Set.of(
          "sslmode",
          "sslrootcert",
          "sslcert",
          "sslkey",
          "application_name",
          "ApplicationName",
          "binaryTransfer",
          "client_encoding",
          "connect_timeout",
          "connection_limit",
          "connectTimeout",
          "currentSchema",
          "defaultRowFetchSize",
          "fallback_application_name",
          "keepalives",
          "keepalives_count",
          "keepalives_idle",
          "keepalives_interval",
          "load_balance_hosts",
          "loginTimeout",
          "options",
          "pgbouncer",
          "pool",
          "pool_max_conns",
          "pool_timeout",
          "preparedStatementCacheQueries",
          "prepareThreshold",
          "reWriteBatchedInserts",
          "schema",
          "search_path",
          "socketTimeout",
          "statement_cache_size",
          "statement_timeout",
          "stringtype",
          "target_session_attrs",
          "targetServerType",
          "tcp_user_timeout",
          "tcpKeepAlive",
          "timezone");

  /// Checks the URL.
  ///
  /// @throws IllegalStateException if pgjdbc is missing
  public PostgreSqlProbe {
    Driver.POSTGRESQL.need(PostgreSqlProbe.class);
    server.understands(KNOWN, Set.of());
    server.checkParameter("sslmode", MODES);
    server.target(PORT);
  }

  /// Asks the server of `url`.
  public static PostgreSqlProbe of(String name, String url) {
    return new PostgreSqlProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// Asks the server at `host` (`host` or `host:port`) as the user `postgres`.
  public static PostgreSqlProbe of(String name, String host, String password) {
    ServerUrl server = ServerUrl.of("postgres", host, "postgres", password);
    return new PostgreSqlProbe(name, server, Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session ->
            DialedSockets.through(
                () -> session.open(server.target(PORT), Optional.empty()),
                () -> {
                  ask(session);
                  return true;
                }));
  }

  private void ask(Session session) throws SQLException, ProbeFailure {
    Authority target = server.target(PORT);
    String url = "jdbc:postgresql://" + target + "/";
    try (Connection connection = new org.postgresql.Driver().connect(url, properties())) {
      session.query();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
    } catch (SQLException e) {
      checkCertificates(Failures.message(e), target);
      throw e;
    }
  }

  /// What the driver says of certificates without the exception of its own that others have.
  private static void checkCertificates(String why, Authority target) throws ProbeFailure {
    if (why.contains("could not be verified by hostnameverifier")) {
      throw ProbeFailure.answered(
          "TLS: certificate is made out to another name than " + target.host());
    }
    if (why.startsWith("Could not open SSL root certificate file")) {
      throw ProbeFailure.here(
          "TLS: %s say which authorities count as sslrootcert=/path/to/them.pem"
              .formatted(why.replaceFirst("[.]?$", ":")));
    }
  }

  /// No timeouts of the driver's: for its `loginTimeout` it starts a thread that it leaves behind.
  private Properties properties() {
    Login login = server.login().orElse(new Login("postgres", ""));
    String user = login.user().isEmpty() ? "postgres" : login.user();
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", login.password());
    properties.setProperty("PGDBNAME", server.path().isEmpty() ? user : server.path());
    properties.setProperty("ApplicationName", "rollcall");
    properties.setProperty("loginTimeout", "0");
    properties.setProperty("connectTimeout", "0");
    properties.setProperty("socketTimeout", "0");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("socketFactory", DialedSockets.class.getName());
    for (String key : HONOURED) {
      server.parameter(key).ifPresent(value -> properties.setProperty(key, value));
    }
    return properties;
  }
}
