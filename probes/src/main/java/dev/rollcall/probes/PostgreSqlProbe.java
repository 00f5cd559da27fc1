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

/// Logs in to a PostgreSQL server and runs `SELECT 1`: `postgres://user:password@host/database`.
/// Needs `org.postgresql:postgresql` (pgjdbc).
///
/// These parameters of the URL have an effect, with the names of libpq: `sslmode` (`disable`,
/// `prefer`, `require`, `verify-ca`, `verify-full`; the default is `prefer`), `sslrootcert`,
/// `sslcert`, `sslkey`. Other parameters that URLs of applications often have are ignored.
///
/// @param name name of the probe
/// @param server port 5432 and user `postgres` if the URL has none; without a database, the one
///   with the name of the user
/// @param dialer shared with other probes
public record PostgreSqlProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 5432;
  private static final List<String> HONOURED =
      List.of("sslmode", "sslrootcert", "sslcert", "sslkey");

  private static final List<String> MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /// Parameters that have an effect, and parameters that URLs of applications often have, which are
  /// ignored.
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

  /// Validates the URL.
  ///
  /// @throws IllegalStateException if pgjdbc is missing
  public PostgreSqlProbe {
    Driver.POSTGRESQL.need(PostgreSqlProbe.class);
    server.understands(KNOWN, Set.of());
    server.checkParameter("sslmode", MODES);
    server.target(PORT);
  }

  /// A probe of the server at `url`.
  public static PostgreSqlProbe of(String name, String url) {
    return new PostgreSqlProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// A probe of the server at `host` (`host` or `host:port`) with the user `postgres`.
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
          "TLS: certificate is issued for another name than " + target.host());
    }
    if (why.startsWith("Could not open SSL root certificate file")) {
      throw ProbeFailure.here(
          "TLS: %s set the trusted ones with sslrootcert=/path/to/them.pem"
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
