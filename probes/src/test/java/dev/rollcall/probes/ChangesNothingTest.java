package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Checks leave a server as it was: counted at the server itself.
@Timeout(120)
class ChangesNothingTest {
  private static final int CHECKS = 10;

  private static String counted(RealServer server) throws Exception {
    URI uri = URI.create(server.url(RealServer.PASSWORD));
    return switch (server) {
      case POSTGRESQL_15 ->
          sql(
              "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(uri.getPort()),
              "SELECT pg_snapshot_xmax(pg_current_snapshot())",
              1);
      case MARIADB, MYSQL ->
          sql(
              "jdbc:mariadb://127.0.0.1:%d/mysql?sslMode=disable&allowPublicKeyRetrieval=true"
                  .formatted(uri.getPort()),
              "SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_rows_inserted',"
                  + " 'Innodb_rows_updated', 'Innodb_rows_deleted', 'Innodb_os_log_written')",
              2);
      case REDIS -> redis(uri.getPort());
      case ETCD -> metrics(uri.getPort());
      default -> throw new IllegalArgumentException(server.name());
    };
  }

  private static String sql(String url, String query, int column) throws Exception {
    StringBuilder values = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(url, "app", RealServer.PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.append(rows.getString(column)).append(' ');
      }
    }
    return values.toString();
  }

  private static String redis(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "AUTH %s\r\nINFO persistence\r\nINFO keyspace\r\nQUIT\r\n"
                  .formatted(RealServer.PASSWORD)
                  .getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return all.lines()
          .filter(line -> line.startsWith("rdb_changes") || line.startsWith("db"))
          .collect(Collectors.joining(" "));
    }
  }

  private static String metrics(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(port));
      List<String> lines =
          client
              .send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
              .body()
              .lines()
              .filter(line -> line.startsWith("etcd_server_proposals_applied_total "))
              .toList();
      assertThat(lines).hasSize(1);
      return lines.getFirst();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRESQL_15", "MARIADB", "MYSQL", "REDIS"})
  void leavesNoTraceInTheServersData(RealServer server) throws Exception {
    Checked.of(Probes.forUrl("first", server.url(RealServer.PASSWORD))).assertUp();
    String before = counted(server);
    assertThat(before).isNotEmpty();
    for (int i = 0; i < CHECKS; i++) {
      Checked.of(Probes.forUrl("it", server.url(RealServer.PASSWORD))).assertUp();
    }
    assertThat(counted(server)).isEqualTo(before);
  }

  /// etcd 3.4 answers `/health` by an entry in its log, which is the one here; a login would be
  /// another.
  @Test
  void logsInToEtcdOnceForManyChecks() throws Exception {
    Checked.of(Probes.forUrl("first", RealServer.ETCD.url(RealServer.PASSWORD))).assertUp();
    int before = applied();
    for (int i = 0; i < CHECKS; i++) {
      Checked.of(Probes.forUrl("it", RealServer.ETCD.url(RealServer.PASSWORD))).assertUp();
    }
    assertThat(applied() - before).isLessThanOrEqualTo(CHECKS);
  }

  private static int applied() throws Exception {
    return (int) Double.parseDouble(counted(RealServer.ETCD).replaceFirst(".* ", ""));
  }
}
