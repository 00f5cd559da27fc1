package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Probe;
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
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Checks leave a server as it was: counted at the server itself. Part of [RealServersTest].
@Timeout(120)
abstract class UnchangedServers {
  private static final int CHECKS = 10;

  /// Asking some servers what they count takes seconds where the machine is busy.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static String counted(RealServer server) throws Exception {
    int port = URI.create(server.url(RealServer.PASSWORD)).getPort();
    return switch (server) {
      case POSTGRESQL_15 ->
          sql(
              "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port),
              """
              SELECT pg_snapshot_xmax(pg_current_snapshot()), (SELECT count(*) FROM pg_class),
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                (SELECT sum(tup_inserted + tup_updated + tup_deleted + temp_files)
                  FROM pg_stat_database)\
              """);
      // a connection that ends without a good-bye is aborted, and counts against its host
      case MARIADB, MYSQL ->
          sql(
              "jdbc:mariadb://127.0.0.1:%d/mysql?sslMode=disable&allowPublicKeyRetrieval=true"
                  .formatted(port),
              """
              SHOW GLOBAL STATUS WHERE Variable_name IN ('Innodb_rows_inserted',
                'Innodb_rows_updated', 'Innodb_rows_deleted', 'Innodb_os_log_written',
                'Threads_connected', 'Aborted_clients', 'Aborted_connects')\
              """);
      case REDIS -> redis(port);
      case ETCD -> metrics(port);
      case RABBITMQ ->
          RealServer.inRabbitMq(
              server.shared().run(),
              port,
              """
              {length(rabbit_networking:connections()), length(rabbit_channel:list()),
               length(rabbit_amqqueue:list()), length(rabbit_exchange:list(<<"/">>)),
               length(rabbit_binding:list(<<"/">>)), length(rabbit_vhost:list_names())}.\
              """);
      case NATS -> nats(Integer.parseInt(server.shared().run().read("monitor")));
      case KAFKA_PLAIN, KAFKA_SCRAM -> kafka(port);
      default -> throw new IllegalArgumentException(server.name());
    };
  }

  private static String nats(int port) throws Exception {
    String all =
        get("http://127.0.0.1:%d/varz".formatted(port))
            + get("http://127.0.0.1:%d/jsz".formatted(port));
    return Pattern.compile(
            "\"(connections|subscriptions|slow_consumers|in_msgs|streams|consumers|messages)\":"
                + " ?\\d+")
        .matcher(all)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.joining(" "));
  }

  private static String kafka(int port) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + port,
            "security.protocol",
            "SASL_PLAINTEXT",
            "sasl.mechanism",
            "PLAIN",
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required"
                + " username=\"app\" password=\"%s\";".formatted(RealServer.PASSWORD));
    try (Admin admin = Admin.create(settings)) {
      return "%s %s %s"
          .formatted(
              admin.listTopics().names().get(),
              admin.listGroups().all().get(),
              admin.describeMetadataQuorum().quorumInfo().get().voters().getFirst().logEndOffset());
    }
  }

  private static String sql(String url, String query) throws Exception {
    StringBuilder values = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(url, "app", RealServer.PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          values.append(rows.getString(i)).append(' ');
        }
      }
    }
    return values.toString();
  }

  private static String redis(int port) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              "AUTH %s\r\nINFO persistence\r\nINFO keyspace\r\nINFO clients\r\nQUIT\r\n"
                  .formatted(RealServer.PASSWORD)
                  .getBytes(StandardCharsets.US_ASCII));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return all.lines()
          .filter(line -> line.matches("(rdb_changes|db|connected_clients|blocked_clients).*"))
          .collect(Collectors.joining(" "));
    }
  }

  private static String metrics(int port) throws Exception {
    return get("http://127.0.0.1:%d/metrics".formatted(port))
        .lines()
        .filter(
            line ->
                line.matches(
                    "etcd_(server_proposals_applied|debugging_mvcc_(put|delete|txn))_total .*"))
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
          .body();
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "POSTGRESQL_15",
        "MARIADB",
        "MYSQL",
        "REDIS",
        "RABBITMQ",
        "NATS",
        "KAFKA_PLAIN",
        "KAFKA_SCRAM"
      })
  void leavesNoTraceInTheServer(RealServer server) throws Exception {
    Probe probe = Probes.forUrl("it", server.url(RealServer.PASSWORD));
    Checked.of(probe).assertUp();
    String before = settled(server);
    assertThat(before).isNotEmpty();
    for (int i = 0; i < CHECKS; i++) {
      Checked.of(probe).assertUp();
    }
    // a server notices the end of a connection a moment after it
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(counted(server)).isEqualTo(before));
  }

  private static String settled(RealServer server) {
    AtomicReference<String> last = new AtomicReference<>("");
    return await()
        .atMost(PATIENCE)
        .until(() -> counted(server), counted -> counted.equals(last.getAndSet(counted)));
  }

  /// Nothing is written into the cluster's log: a login would be, and `/health` is by etcd 3.4.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void commitsNothingInEtcdOnceItHasLoggedIn(boolean login) throws Exception {
    String url = RealServer.ETCD.url(RealServer.PASSWORD);
    Probe probe = Probes.forUrl("it", login ? url : url.replaceFirst("//.*@", "//"));
    Checked.of(probe).assertUp();
    String before = counted(RealServer.ETCD);
    for (int i = 0; i < CHECKS; i++) {
      Checked.of(probe).assertUp();
    }
    assertThat(counted(RealServer.ETCD)).isEqualTo(before);
  }
}
