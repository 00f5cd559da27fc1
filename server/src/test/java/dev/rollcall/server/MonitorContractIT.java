package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static dev.rollcall.server.RunningRollcall.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The contract of the service monitor (go-service-healthcheck), held against the built program
/// over HTTP: what is asked, what is found, and how the API tells it.
class MonitorContractIT {
  private static final String[] SERVICE_KEYS = {
    "created_at", "current_status", "id", "latest_event", "metric", "name", "updated_at", "url"
  };
  private static final String[] EVENT_KEYS = {
    "created_at", "date_ended", "date_started", "event", "id", "updated_at"
  };
  private static final String[] METRIC_KEYS = {
    "average_response_time_ms", "down_count", "tick_count", "up_count", "uptime_percent"
  };

  @TempDir static Path folder;

  private static Targets targets;
  private static HttpsServer selfSigned;
  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() throws Exception {
    targets = new Targets();
    selfSigned = selfSigned();
    String silent = targets.raw(connection -> connection.getInputStream().readAllBytes());
    String garbage =
        targets.raw(
            connection -> connection.getOutputStream().write("hello\r\n\r\n".getBytes(US_ASCII)));
    StringBuilder yaml = new StringBuilder("monitor: {interval: 300ms, timeout: 5s}\nservices:\n");
    service(yaml, "up", targets.url("/status/200"), "");
    service(yaml, "status-399", targets.url("/status/399"), "");
    service(yaml, "status-400", targets.url("/status/400"), "");
    service(yaml, "status-500", targets.url("/status/500"), "");
    service(yaml, "ten-redirects", targets.url("/redirect/10"), "");
    service(yaml, "eleven-redirects", targets.url("/redirect/11"), "");
    service(yaml, "no-such-host", "http://nowhere.invalid/", "");
    service(yaml, "refused", "http://" + Targets.nobody() + "/", "");
    service(yaml, "self-signed", "https://127.0.0.1:" + selfSigned.getAddress().getPort(), "");
    service(yaml, "no-tls", targets.url("/").replace("http:", "https:"), "");
    service(yaml, "silent", "http://" + silent + "/", "timeout: 250ms");
    service(yaml, "garbage", "http://" + garbage + "/", "");
    service(yaml, "slow-body", "http://" + targets.slowBody() + "/", "interval: 2s");
    service(yaml, "slow-header", targets.url("/slow/120"), "");
    service(yaml, "flaps", targets.url("/set/flaps"), "interval: 200ms");
    service(yaml, "not-asked-yet", targets.url("/hang/first"), "timeout: 10m, interval: 1h");
    rollcall = Plan.in(folder).asProcess().yaml(yaml.toString()).start();
  }

  private static void service(StringBuilder yaml, String name, String url, String more) {
    yaml.append("  - {name: ").append(name).append(", url: '").append(url).append("'");
    yaml.append(more.isEmpty() ? "" : ", " + more).append("}\n");
  }

  private static HttpsServer selfSigned() throws Exception {
    SSLContext context = SelfSigned.in(folder, 90).context();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
    return server;
  }

  @AfterAll
  static void stop() throws Exception {
    if (rollcall != null) {
      rollcall.close();
    }
    if (selfSigned != null) {
      selfSigned.stop(0);
    }
    targets.close();
  }

  @Test
  void listsServicesWithTheKeysAndTypesOfGoServiceHealthcheck() {
    rollcall.firstTick("up");
    Answer answer = rollcall.get("/v1/services");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().propertyNames()).containsExactly("status", "status_desc", "data");
    assertThat(answer.json().get("status").intValue()).isEqualTo(200);
    assertThat(answer.json().get("status_desc").stringValue()).isEqualTo("OK");
    assertThat(answer.json().get("data").propertyNames()).containsExactly("services");
    assertThat(answer.json().at("/data/services").propertyNames()).containsExactly("data");

    JsonNode up = rollcall.service("up");
    assertThat(up.propertyNames())
        .containsExactlyInAnyOrder(with(SERVICE_KEYS, "state", "since", "last_response_time_ms"));
    assertThat(up.get("url").stringValue()).isEqualTo(targets.url("/status/200"));
    assertThat(up.get("id").isIntegralNumber()).isTrue();
    unixSeconds(up.get("created_at"));
    unixSeconds(up.get("updated_at"));

    JsonNode event = up.get("current_status");
    assertThat(event.propertyNames()).containsExactlyInAnyOrder(EVENT_KEYS);
    assertThat(event.get("event").stringValue()).isEqualTo("uptime");
    assertThat(event.get("date_ended").isNull()).isTrue();
    assertThat(event.get("id").isIntegralNumber()).isTrue();
    unixSeconds(event.get("created_at"));
    unixSeconds(event.get("updated_at"));
    unixSeconds(event.get("date_started"));
    assertThat(up.get("latest_event").propertyNames()).containsExactly("data");
    assertThat(up.at("/latest_event/data")).isEqualTo(event);

    assertThat(up.get("metric").propertyNames()).containsExactly("data");
    JsonNode metric = up.at("/metric/data");
    assertThat(metric.propertyNames()).containsExactlyInAnyOrder(METRIC_KEYS);
    assertThat(metric.get("tick_count").longValue()).isPositive();
    assertThat(metric.get("up_count")).isEqualTo(metric.get("tick_count"));
    assertThat(metric.get("down_count").longValue()).isZero();
    assertThat(metric.get("uptime_percent").toString()).isEqualTo("100");
    assertThat(metric.get("average_response_time_ms").isFloatingPointNumber()).isTrue();
    assertThat(metric.get("average_response_time_ms").doubleValue()).isPositive();
  }

  /// The keys of go-service-healthcheck, and those that Rollcall has besides.
  private static String[] with(String[] keys, String... more) {
    return Stream.concat(Stream.of(keys), Stream.of(more)).toArray(String[]::new);
  }

  private static void unixSeconds(JsonNode time) {
    assertThat(time.isIntegralNumber()).isTrue();
    assertThat(time.longValue()).isCloseTo(Instant.now().getEpochSecond(), within(300L));
  }

  @Test
  void aServiceThatIsDownHasItsDowntime() {
    rollcall.firstTick("status-500");
    JsonNode down = rollcall.service("status-500");
    assertThat(down.at("/current_status/event").stringValue()).isEqualTo("downtime");
    JsonNode metric = down.at("/metric/data");
    assertThat(metric.get("down_count")).isEqualTo(metric.get("tick_count"));
    assertThat(metric.get("up_count").longValue()).isZero();
    assertThat(metric.get("uptime_percent").toString()).isEqualTo("0");
  }

  @Test
  void aServiceWithoutATickHasNoStatusAndNoPercent() {
    JsonNode service = rollcall.service("not-asked-yet");
    assertThat(service.propertyNames()).containsExactlyInAnyOrder(with(SERVICE_KEYS, "state"));
    assertThat(service.get("current_status").isNull()).isTrue();
    assertThat(service.at("/latest_event/data").isNull()).isTrue();
    assertThat(service.at("/metric/data").toString())
        .isEqualTo(
            "{\"average_response_time_ms\":0,\"down_count\":0,\"tick_count\":0,\"up_count\":0,"
                + "\"uptime_percent\":null}");
    assertThat(rollcall.rows("/v1/services/" + service.get("id") + "/events")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?page=1&limit=3"})
  void listsServicesInTheOrderOfTheirIds(String query) {
    List<Long> ids =
        rollcall.rows("/v1/services" + query).stream().map(row -> row.get("id").asLong()).toList();
    assertThat(ids).isNotEmpty().isSorted().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "up, up, 200",
    "status-399, up, 399",
    "status-400, down, status 400",
    "status-500, down, status 500",
    "ten-redirects, up, 200",
    "eleven-redirects, down, redirect",
    "no-such-host, down, DNS",
    "refused, down, refused",
    "self-signed, down, TLS",
    "no-tls, down, TLS",
    "silent, down, timeout",
    "garbage, down, HTTP",
  })
  void aCheckFindsUpOrDownAndSaysWhy(String name, String state, String words) {
    JsonNode tick = rollcall.firstTick(name);
    assertThat(tick.get("state").stringValue()).as(tick.toString()).isEqualTo(state);
    assertThat(tick.get("response_time_ms").doubleValue()).isPositive();
    assertThat(tick.get("at").doubleValue())
        .isCloseTo(Instant.now().toEpochMilli() / 1e3, within(300.0));
    if (state.equals("up")) {
      assertThat(tick.has("reason")).isFalse();
      assertThat(tick.get("http_status").toString()).isEqualTo(words);
    } else {
      assertThat(tick.get("reason").stringValue()).contains(words).doesNotContain("Exception");
    }
  }

  @Test
  void theResponseTimeEndsWithTheHeader() {
    JsonNode slowBody = rollcall.firstTick("slow-body");
    assertThat(slowBody.get("state").stringValue()).isEqualTo("up");
    assertThat(slowBody.get("total_ms").doubleValue()).isGreaterThan(800);
    assertThat(slowBody.get("response_time_ms").doubleValue()).isLessThan(500);
    assertThat(rollcall.firstTick("slow-header").get("response_time_ms").doubleValue())
        .isGreaterThanOrEqualTo(120);
  }

  @Test
  void eventsFollowEveryChangeNewestFirst() {
    rollcall.firstTick("flaps");
    for (int status : new int[] {500, 200, 503, 204}) {
      targets.set(status);
      String event = status < 400 ? "uptime" : "downtime";
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall
                      .service("flaps")
                      .at("/current_status/event")
                      .stringValue()
                      .equals(event));
    }
    String path = "/v1/services/" + rollcall.service("flaps").get("id") + "/events";
    assertThat(rollcall.get(path).json().get("data").propertyNames()).containsExactly("events");
    List<JsonNode> events = rollcall.rows(path);
    assertThat(events.stream().map(event -> event.get("event").stringValue()))
        .containsExactly("uptime", "downtime", "uptime", "downtime", "uptime");
    assertThat(events)
        .allSatisfy(
            e ->
                assertThat(e.propertyNames())
                    .containsExactlyInAnyOrder(
                        e.get("event").stringValue().equals("downtime")
                            ? with(EVENT_KEYS, "reason")
                            : EVENT_KEYS));
    assertThat(events.getFirst().get("date_ended").isNull()).isTrue();
    for (int i = 1; i < events.size(); i++) {
      assertThat(events.get(i).get("date_ended")).isEqualTo(events.get(i - 1).get("date_started"));
      assertThat(events.get(i).get("updated_at")).isEqualTo(events.get(i).get("date_ended"));
      assertThat(events.get(i).get("id").asLong()).isLessThan(events.get(i - 1).get("id").asLong());
    }
    assertThat(rollcall.rows(path + "?limit=2&page=2")).isEqualTo(events.subList(2, 4));
    assertThat(rollcall.get(path + "?limit=2").json().at("/data/events/pagination").toString())
        .isEqualTo("{\"page\":1,\"limit\":2,\"total\":5}");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /v1/services/,             200, OK",
    "GET,    /v1/_internal/health/,     200, OK",
    "GET,    /v1/services/1/events/,    200, OK",
    "GET,    /v1/services/999999,       404, Not Found",
    "GET,    /v1/services/999999/events, 404, Not Found",
    "GET,    /v1/services/999999/ticks, 404, Not Found",
    "GET,    /v1/nothing,               404, Not Found",
    "GET,    /v1/services/one,          400, Bad Request",
    "GET,    /v1/services/one/events,   400, Bad Request",
    "GET,    /v1/services/1.5/events,   400, Bad Request",
    "GET,    /v1/services/99999999999999999999/events, 400, Bad Request",
    "GET,    /v1/services/1/ticks?from=x, 400, Bad Request",
    "GET,    /v1/services/1/ticks?step=0, 400, Bad Request",
    "GET,    /v1/services/1/ticks?from=20&to=10, 400, Bad Request",
    "DELETE, /v1/services,              405, Method Not Allowed",
    "POST,   /v1/services/1/events,     405, Method Not Allowed",
    "POST,   /v1/_internal/health,      405, Method Not Allowed",
  })
  void answersInTheEnvelopeOfGoServiceHealthcheck(
      String method, String path, int status, String words) {
    Answer answer = rollcall.send(method, path, "");
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().get("status").intValue()).isEqualTo(status);
    assertThat(answer.json().get("status_desc").stringValue()).isEqualTo(words);
    if (status >= 400) {
      assertThat(answer.json().propertyNames()).containsExactly("status", "status_desc", "errors");
      assertThat(answer.json().get("errors")).isNotEmpty().allMatch(JsonNode::isString);
    }
  }

  @Test
  void itsOwnHealthIsTheEnvelopeAlone() {
    assertThat(rollcall.get("/v1/_internal/health").json())
        .isEqualTo(json("{\"status\":200,\"status_desc\":\"OK\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page=1.0",
        "limit=0",
        "limit=-5",
        "limit=ten",
        "page=1&limit=%201",
        "page=1&page=2",
        "limit=99999999999999999999"
      })
  void aPageOrLimitThatIsNoPositiveNumberIsRefused(String query) {
    for (String path : List.of("/v1/services", "/v1/services/1/events")) {
      assertThat(rollcall.get(path + "?" + query).status()).as(path).isEqualTo(400);
    }
  }

  @Test
  void everythingIsAThousandAndTheRestIsOnPages(@TempDir Path other) throws Exception {
    StringBuilder yaml = new StringBuilder("services:\n");
    String nobody = Targets.nobody();
    IntStream.rangeClosed(1, 1_001)
        .forEach(i -> service(yaml, "s" + i, "tcp://" + nobody, "interval: 1h"));
    try (RunningRollcall many = Plan.in(other).yaml(yaml.toString()).start()) {
      List<Long> ids =
          many.rows("/v1/services").stream().map(row -> row.get("id").asLong()).toList();
      assertThat(ids).containsExactlyElementsOf(LongStream.rangeClosed(1, 1_000).boxed().toList());
      Answer last = many.get("/v1/services?limit=100&page=11");
      assertThat(last.json().at("/data/services/data")).hasSize(1);
      assertThat(last.json().at("/data/services/pagination").toString())
          .isEqualTo("{\"page\":11,\"limit\":100,\"total\":1001}");
      assertThat(last.json().get("data").get("services").propertyNames())
          .containsExactlyInAnyOrder("data", "pagination");
      assertThat(many.rows("/v1/services?page=12&limit=100")).isEmpty();
      assertThat(many.rows("/v1/services?page=999999999999")).isEmpty();
    }
  }

  @Test
  void countsMeanAndTicksAgree() {
    rollcall.firstTick("slow-header");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<JsonNode> ticks = rollcall.ticks("slow-header");
              JsonNode metric = rollcall.service("slow-header").at("/metric/data");
              assertThat(metric.get("tick_count").asInt()).isEqualTo(ticks.size());
              double mean =
                  ticks.stream()
                      .mapToDouble(tick -> tick.get("response_time_ms").doubleValue())
                      .average()
                      .orElseThrow();
              assertThat(metric.get("average_response_time_ms").doubleValue())
                  .isCloseTo(mean, within(0.01));
            });
  }

  @Test
  void ticksAreToldRawAndAveraged() {
    rollcall.firstTick("slow-header");
    String path = "/v1/services/" + rollcall.service("slow-header").get("id") + "/ticks";
    for (String step : List.of("3600", "1h", "1m")) {
      long now = Instant.now().getEpochSecond();
      String range = "?from=" + (now - 7_200) + "&to=" + (now + 7_200);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                List<JsonNode> raw = rollcall.rows(path + range);
                List<JsonNode> sums = rollcall.rows(path + range + "&step=" + step);
                assertThat(sums.stream().mapToLong(sum -> sum.get("tick_count").asLong()).sum())
                    .isEqualTo(raw.size());
                assertThat(sums)
                    .allSatisfy(
                        sum -> {
                          assertThat(sum.get("up_count")).isEqualTo(sum.get("tick_count"));
                          assertThat(sum.get("average_response_time_ms").doubleValue())
                              .isBetween(
                                  sum.get("min_response_time_ms").doubleValue(),
                                  sum.get("max_response_time_ms").doubleValue());
                        });
              });
    }
    List<Double> times = new ArrayList<>();
    rollcall.rows(path).forEach(tick -> times.add(tick.get("at").doubleValue()));
    assertThat(times).isSorted();
    assertThat(rollcall.rows(path + "?from=1&to=2")).isEmpty();
  }

  @Test
  void prometheusFindsEachServiceByItsName() {
    rollcall.firstTick("up");
    rollcall.firstTick("status-500");
    String metrics = rollcall.health("/metrics").body();
    assertThat(metrics)
        .contains("# TYPE rollcall_service_up gauge")
        .contains("# TYPE rollcall_service_response_seconds histogram")
        .contains("# TYPE rollcall_service_ticks_total counter")
        .contains("\nrollcall_service_up{service=\"up\"} 1.0\n")
        .contains("\nrollcall_service_up{service=\"status-500\"} 0.0\n")
        .containsPattern("\nrollcall_service_ticks_total\\{service=\"up\",state=\"up\"} [1-9]")
        .containsPattern(
            "\nrollcall_service_response_seconds_bucket\\{service=\"up\",le=\"\\+Inf\"} [1-9]")
        .containsPattern("\nrollcall_service_response_seconds_sum\\{service=\"up\"} [0-9]")
        .containsPattern("\nrollcall_service_response_seconds_count\\{service=\"up\"} [1-9]")
        .contains("# TYPE rollcall_check_lag_seconds histogram")
        .doesNotContain("service=\"not-asked-yet\"");
  }
}
