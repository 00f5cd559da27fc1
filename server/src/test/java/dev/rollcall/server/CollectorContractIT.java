package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The contract of the collector, against the running program, as a node and an operator would see
/// it.
class CollectorContractIT {
  private static final String GOOD =
      "{\"ip\":\"192.0.2.1\",\"sent\":4,\"received\":4,\"packet_loss\":0,\"avg_rtt\":15000000,\"timestamp\":\"2026-01-07T22:30:00Z\"}";

  @TempDir static Path folder;

  private static RunningRollcall collector;

  @BeforeAll
  static void start() {
    collector = Plan.of("collect", folder).asProcess().start();
  }

  @AfterAll
  static void stop() {
    collector.close();
  }

  private static Answer post(String body) {
    return collector.send("POST", "/results", body);
  }

  private static JsonNode recent(String query) {
    return RunningRollcall.json(collector.health("/recent" + query).body());
  }

  private static String result(String ip, String more) {
    return GOOD.replace("192.0.2.1", ip).replace("}", more + "}");
  }

  private static JsonNode stats() {
    return RunningRollcall.json(collector.health("/stats").body());
  }

  private static HttpResponse<byte[]> bytes(
      String method, String path, byte[] body, String... headers) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + collector.port() + path))
              .method(method, BodyPublishers.ofByteArray(body));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), BodyHandlers.ofByteArray());
    }
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    return packed.toByteArray();
  }

  @Test
  void takesResultsAndSaysHowMany() {
    Answer answer = post("[" + GOOD + "," + GOOD + "]");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).hasToString("{\"status\":\"ok\",\"received\":2}");
  }

  @Test
  void understandsGzip() throws Exception {
    byte[] body = gzip(("[" + result("192.0.2.77", "") + "]").getBytes(UTF_8));
    HttpResponse<byte[]> answer = bytes("POST", "/results", body, "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(recent("?ip=192.0.2.77").size()).isEqualTo(1);
    HttpResponse<byte[]> broken =
        bytes("POST", "/results", "no gzip".getBytes(UTF_8), "Content-Encoding", "gzip");
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(new String(broken.body(), UTF_8)).contains("\"error\"");
  }

  @Test
  void refusesMoreThanSixteenMebibytesAlsoWhenTheyArePacked() throws Exception {
    byte[] large = ("[" + " ".repeat(16 * 1024 * 1024) + GOOD + "]").getBytes(UTF_8);
    assertThat(bytes("POST", "/results", large).statusCode()).isEqualTo(413);
    HttpResponse<byte[]> packed =
        bytes("POST", "/results", gzip(large), "Content-Encoding", "gzip");
    assertThat(packed.statusCode()).isEqualTo(413);
    assertThat(new String(packed.body(), UTF_8)).contains("\"error\"");
  }

  @Test
  void storesNothingOfARequestWithABadElement() {
    Answer answer =
        post(
            "["
                + result("198.51.100.1", "")
                + ","
                + result("198.51.100.2", "").replace("\"received\":4", "\"received\":5")
                + ","
                + "7]");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("invalid"))
        .hasToString(
            "[{\"index\":1,\"field\":\"received\",\"reason\":\"is 5: give 0 to 4, what was sent\"},"
                + "{\"index\":2,\"field\":\"result\",\"reason\":\"is a number: give an object\"}]");
    assertThat(answer.json().get("error").stringValue()).contains("result 1", "received");
    assertThat(recent("?ip=198.51.100.1").size()).isZero();
    assertThat(post("[" + GOOD).status()).isEqualTo(400);
    assertThat(post("[" + GOOD).json().get("error").stringValue())
        .contains("malformed JSON")
        .endsWith("Unexpected end-of-input: expected close marker for Array");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/results,405,POST",
    "DELETE,/rotate,405,POST",
    "POST,/dump,405,GET",
    "POST,/nowhere,404,",
  })
  void answersWrongMethodsAndPathsInJson(String method, String path, int status, String allowed)
      throws Exception {
    HttpResponse<byte[]> answer = bytes(method, path, new byte[0]);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(new String(answer.body(), UTF_8)).matches("\\{\"error\":\".+\"}");
    if (allowed != null) {
      assertThat(answer.headers().firstValue("Allow").orElse("")).contains(allowed);
    }
  }

  @Test
  void rotatesByHandAndAnswersTheNewFile() throws Exception {
    post("[" + result("198.51.100.10", "") + "]");
    Answer first = collector.send("POST", "/rotate", "");
    Answer second = collector.send("POST", "/rotate", "");
    assertThat(first.json().get("status").stringValue()).isEqualTo("rotated");
    String file = second.json().get("file").stringValue();
    assertThat(file)
        .matches("results_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d\\.db")
        .isNotEqualTo(first.json().get("file").stringValue());
    assertThat(stats().get("current_db_file").stringValue()).isEqualTo(file);
    assertThat(folder.resolve("output_data").resolve(file)).exists();
    assertThat(recent("?ip=198.51.100.10").size()).isEqualTo(1);
  }

  @Test
  void dumpsTheCurrentFileWhole() throws Exception {
    post("[" + result("198.51.100.20", "") + "]");
    HttpResponse<byte[]> answer = bytes("GET", "/dump", new byte[0]);
    assertThat(answer.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename=\"" + stats().get("current_db_file").stringValue() + "\"");
    Path dump = Files.write(folder.resolve("dump.db"), answer.body());
    try (Connection database = RunningRollcall.database(dump);
        Statement statement = database.createStatement()) {
      assertThat(statement.executeQuery("PRAGMA integrity_check").getString(1)).isEqualTo("ok");
      assertThat(
              statement
                  .executeQuery("SELECT count(*) FROM ping_results WHERE ip = '198.51.100.20'")
                  .getInt(1))
          .isEqualTo(1);
    }
    try (Stream<Path> files = Files.list(folder.resolve("output_data"))) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().contains("dump"));
    }
  }

  @Test
  void keepsWhatATracerouteSays() throws Exception {
    post(
        "["
            + result(
                "198.51.100.30",
                ",\"traceroute\":{\"method\":\"tcp\",\"completed\":true,\"hops\":["
                    + "{\"ttl\":1,\"ip\":\"10.9.9.1\",\"rtt\":5},{\"ttl\":2,\"timeout\":true},{\"ttl\":3,\"ip\":\"\"}]}")
            + "]");
    Path current =
        folder.resolve("output_data").resolve(stats().get("current_db_file").stringValue());
    try (Connection database = RunningRollcall.database(current);
        Statement statement = database.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT t.method, t.completed, group_concat(h.ttl || ':' || coalesce(h.ip, '') || ':' || h.rtt || ':' || h.timeout, ' ')
                FROM ping_results p JOIN traceroute_results t ON t.ping_result_id = p.id
                  JOIN traceroute_hops h ON h.traceroute_id = t.id
                WHERE p.ip = '198.51.100.30'\
                """)) {
      assertThat(row.getString(1)).isEqualTo("tcp");
      assertThat(row.getInt(2)).isEqualTo(1);
      assertThat(row.getString(3)).isEqualTo("1:10.9.9.1:5:0 2::0:1 3::0:1");
    }
  }

  @Test
  void saysTheKeysOfOutputServiceAndNoOthers() {
    JsonNode health = RunningRollcall.json(collector.health("/health").body());
    assertThat(health.propertyNames()).containsExactly("status", "version", "uptime", "stats");
    assertThat(health.get("status").stringValue()).isEqualTo("healthy");
    assertThat(health.get("uptime").stringValue()).matches("(\\d+h)?(\\d+m)?\\d+s");
    assertThat(stats().propertyNames())
        .containsExactly(
            "total_results",
            "successful_pings",
            "failed_pings",
            "hops_discovered",
            "hops_sent",
            "last_result_time",
            "current_db_file",
            "current_db_size",
            "last_rotation");
    assertThat(health.get("stats").propertyNames())
        .containsExactlyElementsOf(stats().propertyNames());
    assertThat(collector.health("/ready").statusCode()).isEqualTo(200);
    assertThat(collector.health("/ready").body()).isEqualTo("{\"status\":\"ready\"}");
  }

  @Test
  void countsSuccessfulAndFailedPings() {
    JsonNode before = stats();
    post("[" + GOOD + "," + GOOD.replace("\"received\":4", "\"received\":0") + "]");
    JsonNode after = stats();
    for (Map.Entry<String, Integer> more :
        Map.of("total_results", 2, "successful_pings", 1, "failed_pings", 1).entrySet()) {
      assertThat(after.get(more.getKey()).asLong() - before.get(more.getKey()).asLong())
          .as(more.getKey())
          .isEqualTo(more.getValue().longValue());
    }
    assertThat(after.get("last_result_time").stringValue()).matches("\\d{4}-.*T.*Z");
    assertThat(after.get("current_db_size").asLong()).isPositive();
  }

  @Test
  void spellsTheMetricsOfOutputServiceToTheLetterAndModernOnesBesideThem() {
    post("[" + GOOD + "]");
    HttpResponse<String> answer = collector.health("/metrics");
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(answer.body())
        .containsSubsequence(
            "# HELP output_service_total_results Total number of results processed\n",
            "# TYPE output_service_total_results counter\n",
            "output_service_total_results ")
        .contains("# TYPE output_service_current_db_size gauge\n")
        .contains("process_cpu_seconds_total", "jvm_memory_used_bytes")
        .contains(
            "http_request_duration_seconds_bucket{code=\"2xx\",method=\"POST\",route=\"/results\"");
    for (String key : List.of("successful_pings", "failed_pings", "hops_discovered", "hops_sent")) {
      assertThat(answer.body())
          .containsPattern(
              "(?m)^# TYPE output_service_" + key + " counter\noutput_service_" + key + " \\d+$");
    }
  }

  @Test
  void answersRecentOnesNewestFirst() {
    post(
        "["
            + IntStream.range(0, 150)
                .mapToObj(
                    i ->
                        result("203.0.113.5", ",\"error\":\"" + (i % 2 == 0 ? "" : "e" + i) + "\""))
                .collect(Collectors.joining(","))
            + "]");
    JsonNode rows = recent("?ip=203.0.113.5&limit=3");
    assertThat(rows.size()).isEqualTo(3);
    assertThat(rows.get(0).get("id").asLong()).isGreaterThan(rows.get(1).get("id").asLong());
    assertThat(rows.get(0).propertyNames())
        .containsExactly(
            "id", "ip", "sent", "received", "packet_loss", "avg_rtt", "timestamp", "error");
    assertThat(rows.get(1).propertyNames()).doesNotContain("error");
    assertThat(rows.get(0).get("packet_loss")).hasToString("0");
    assertThat(rows.get(0).get("timestamp").stringValue()).isEqualTo("2026-01-07T22:30:00Z");
    assertThat(recent("").size()).isEqualTo(100);
    assertThat(recent("?limit=0").size()).isEqualTo(1);
    assertThat(recent("?limit=-5").size()).isEqualTo(1);
    assertThat(recent("?limit=99999999999999999999&ip=203.0.113.5").size()).isEqualTo(150);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?limit=x",
        "?limit=",
        "?limit=1.5",
        "?ip=x",
        "?ip=",
        "?ip=1.2.3",
        "?limit=1&limit=2"
      })
  void refusesQuestionsThatAreNone(String query) {
    HttpResponse<String> answer = collector.health("/recent" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).matches("\\{\"error\":\".+\"}");
  }

  @Test
  void findsAnAddressInAnySpelling() {
    post("[" + result("2001:DB8:0:0::99", "") + "]");
    assertThat(recent("?ip=2001:db8::99").size()).isEqualTo(1);
    assertThat(recent("?ip=2001:db8::99").get(0).get("ip").stringValue()).isEqualTo("2001:db8::99");
  }

  @Test
  void letsStrangersNeitherRotateNorDump() throws Exception {
    for (String request : List.of("POST /rotate", "GET /dump")) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), collector.port())) {
        socket
            .getOutputStream()
            .write(
                (request
                        + " HTTP/1.1\r\n"
                        + "Host: localhost\r\n"
                        + "X-Forwarded-For: 203.0.113.9\r\n"
                        + "Content-Length: 0\r\n"
                        + "Connection: close\r\n\r\n")
                    .getBytes(ISO_8859_1));
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .startsWith("HTTP/1.1 403");
      }
    }
  }

  @Test
  void takesResultsWhileTwoHundredConnectionsSitIdleAndOthersStopHalfWay() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        sockets.add(new Socket(InetAddress.getLoopbackAddress(), collector.port()));
      }
      for (int i = 0; i < 20; i++) {
        Socket half = new Socket(InetAddress.getLoopbackAddress(), collector.port());
        sockets.add(half);
        half.getOutputStream()
            .write(
                ("POST /results HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n["
                        + GOOD)
                    .getBytes(ISO_8859_1));
        if (i % 2 == 0) {
          half.shutdownOutput();
        }
      }
      long before = stats().get("total_results").asLong();
      assertThat(post("[" + GOOD + "]").status()).isEqualTo(200);
      assertThat(stats().get("total_results").asLong()).isEqualTo(before + 1);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                collector
                    .health("/metrics")
                    .body()
                    .contains("\nrollcall_collector_received_bytes 0.0\n"));
  }

  @Test
  void takesABodyThatComesByteByByte() throws Exception {
    byte[] body = ("[" + result("203.0.113.60", "") + "]").getBytes(UTF_8);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), collector.port())) {
      socket.setTcpNoDelay(true);
      socket
          .getOutputStream()
          .write(
              ("POST /results HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                      + body.length
                      + "\r\n\r\n")
                  .getBytes(ISO_8859_1));
      for (byte one : body) {
        socket.getOutputStream().write(one);
        socket.getOutputStream().flush();
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200");
    }
    assertThat(recent("?ip=203.0.113.60").size()).isEqualTo(1);
  }
}
