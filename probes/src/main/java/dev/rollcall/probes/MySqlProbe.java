package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.mariadb.jdbc.export.SslMode;

/// Logs in to a MySQL or MariaDB server and runs `SELECT 1`: `mysql://user:password@host/database`
/// or `mariadb://...`. Needs `org.mariadb.jdbc:mariadb-java-client`, which supports both.
///
/// These parameters of the URL have an effect: `sslMode` (`disable`, `trust`, `verify-ca`,
/// `verify-full`; the default is `disable`), `serverSslCert` (a PEM file),
/// `allowPublicKeyRetrieval`. The last is true by default, as in other clients: without TLS, MySQL
/// 8 requires a password that is encrypted with its public key, and an attacker in the network
/// could replace that key. Use `sslMode=verify-full` in networks that you do not trust.
///
/// @param name name of the probe
/// @param server port 3306 and the user `root` if the URL has none
/// @param dialer shared with other probes
public record MySqlProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 3306;
  private static final List<String> HONOURED =
      List.of("sslMode", "serverSslCert", "allowPublicKeyRetrieval");

  /// Parameters that have an effect, and parameters that URLs of applications often have, which are
  /// ignored.
  private static final Set<String> KNOWN =
      Set.of(
          "sslMode",
          "serverSslCert",
          "allowPublicKeyRetrieval",
          "allowMultiQueries",
          "autoReconnect",
          "cachePrepStmts",
          "characterEncoding",
          "charset",
          "collation",
          "connect_timeout",
          "connection_limit",
          "connectionTimeZone",
          "connectTimeout",
          "encoding",
          "interpolateParams",
          "loc",
          "maxAllowedPacket",
          "multiStatements",
          "parseTime",
          "pool",
          "pool_timeout",
          "prepStmtCacheSize",
          "prepStmtCacheSqlLimit",
          "readTimeout",
          "reconnect",
          "rewriteBatchedStatements",
          "serverTimezone",
          "socketTimeout",
          "timeout",
          "tinyInt1isBit",
          "useServerPrepStmts",
          "useUnicode",
          "writeTimeout",
          "zeroDateTimeBehavior");

  /// Validates the URL.
  ///
  /// @throws IllegalStateException if the driver is missing
  public MySqlProbe {
    Driver.MARIADB.need(MySqlProbe.class);
    server.understands(KNOWN, Set.of());
    server.target(PORT);
    server.parameter("sslMode").ifPresent(MySqlProbe::checkMode);
    server.checkParameter("allowPublicKeyRetrieval", List.of("true", "false"));
    if (!server.path().matches("[^?&#/\\\\]*")) {
      throw new IllegalArgumentException("the URL's path is no name of a database");
    }
  }

  /// The driver knows several names of each.
  private static void checkMode(String mode) {
    try {
      SslMode.from(mode);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "sslMode=%s is none of disable, trust, verify-ca, verify-full".formatted(Quoted.of(mode)),
          e);
    }
  }

  /// A probe of the server at `url`.
  public static MySqlProbe of(String name, String url) {
    return new MySqlProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// A probe of the server at `host` (`host` or `host:port`) with the user `root`.
  public static MySqlProbe of(String name, String host, String password) {
    return new MySqlProbe(name, ServerUrl.of("mysql", host, "root", password), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Session.hold(
        attempt,
        server,
        dialer,
        session ->
            DialedSockets.through(
                () -> session.open(server.target(PORT), MySqlGreeting::new),
                () -> {
                  ask(session);
                  return true;
                }));
  }

  private void ask(Session session) throws SQLException, ProbeFailure {
    String url = "jdbc:mariadb://%s/%s".formatted(server.target(PORT), server.path());
    try (Connection connection = new org.mariadb.jdbc.Driver().connect(url, properties())) {
      session.query();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
    } catch (SQLException e) {
      if (Failures.message(e).contains("Self signed certificates")) {
        throw ProbeFailure.answered(
            "TLS: certificate is signed by an unknown authority: set the trusted ones with"
                + " serverSslCert=/path/to/them.pem");
      }
      // The number of a connection that is gone helps nobody.
      throw new SQLException(
          Failures.message(e).replaceFirst("^\\(conn=\\d+\\) ", ""), e.getSQLState(), e);
    }
  }

  private Properties properties() {
    Login login = server.login().orElse(new Login("root", ""));
    Properties properties = new Properties();
    properties.setProperty("user", login.user().isEmpty() ? "root" : login.user());
    properties.setProperty("password", login.password());
    properties.setProperty("socketFactory", DialedSockets.class.getName());
    properties.setProperty("connectTimeout", "0");
    properties.setProperty("socketTimeout", "0");
    properties.setProperty("retriesAllDown", "0");
    properties.setProperty("sslMode", "disable");
    properties.setProperty("allowPublicKeyRetrieval", "true");
    for (String key : HONOURED) {
      server.parameter(key).ifPresent(value -> properties.setProperty(key, value));
    }
    return properties;
  }
}
