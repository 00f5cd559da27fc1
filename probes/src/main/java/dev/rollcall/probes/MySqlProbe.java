package dev.rollcall.probes;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.mariadb.jdbc.Configuration;

/// Logs in to a MySQL or MariaDB server and asks `SELECT 1`, as
/// `mysql://user:password@host/database` or `mariadb://...` says. Needs
/// `org.mariadb.jdbc:mariadb-java-client`, which speaks with both.
///
/// Of the URL's parameters those count that say how to connect: `sslMode` (`disable`, `trust`,
/// `verify-ca`, `verify-full`; the default is `disable`), `serverSslCert` (a PEM file),
/// `allowPublicKeyRetrieval`. The last is true by default, as in other clients: without TLS, MySQL
/// 8 asks for a password encrypted with its public key, which somebody in between could replace.
/// Use `sslMode=verify-full` where the network is not yours.
///
/// @param name what the probe is called
/// @param server port 3306 and the user `root` where it names none
/// @param dialer shared with other probes
public record MySqlProbe(String name, ServerUrl server, Dialer dialer) implements Probe {
  private static final int PORT = 3306;
  private static final List<String> HONOURED =
      List.of("sslMode", "serverSslCert", "allowPublicKeyRetrieval");

  /// Checks the URL.
  ///
  /// @throws IllegalStateException if the driver is missing
  public MySqlProbe {
    Driver.MARIADB.need(MySqlProbe.class);
    server.target(PORT);
  }

  /// Asks the server of `url`.
  public static MySqlProbe of(String name, String url) {
    return new MySqlProbe(name, ServerUrl.of(url), Dialer.system());
  }

  /// Asks the server at `host` (`host` or `host:port`) as the user `root`.
  public static MySqlProbe of(String name, String host, String password) {
    return new MySqlProbe(name, ServerUrl.of("mysql", host, "root", password), Dialer.system());
  }

  @Override
  public void check(Attempt attempt) throws ProbeFailure, InterruptedException {
    Talk.hold(
        attempt,
        server,
        dialer,
        talk ->
            DialedSockets.through(
                () -> talk.open(server.target(PORT), Optional.empty()),
                () -> {
                  ask(talk);
                  return true;
                }));
  }

  private void ask(Talk talk) throws SQLException {
    Login login = server.login().orElse(new Login("root", ""));
    Authority target = server.target(PORT);
    Configuration.Builder settings =
        new Configuration.Builder()
            .addHost(target.host(), target.port())
            .user(login.user().isEmpty() ? "root" : login.user())
            .password(login.password())
            .socketFactory(DialedSockets.class.getName())
            .connectTimeout(0)
            .socketTimeout(0)
            .retriesAllDown(0)
            .allowPublicKeyRetrieval(true);
    if (!server.path().isEmpty()) {
      settings.database(server.path());
    }
    for (String key : HONOURED) {
      Optional<String> value = server.parameter(key);
      if (value.isPresent()) {
        switch (key) {
          case "sslMode" -> settings.sslMode(value.get());
          case "serverSslCert" -> settings.serverSslCert(value.get());
          default -> settings.allowPublicKeyRetrieval(Boolean.parseBoolean(value.get()));
        }
      }
    }
    try (Connection connection = org.mariadb.jdbc.Driver.connect(settings.build())) {
      talk.query();
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT 1");
      }
    }
  }
}
