package dev.rollcall.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import com.sun.net.httpserver.HttpServer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HealthHandlerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Prober prober = new Prober().add(Probe.of("a", attempt -> {}));
  private final HttpServer server;

  HealthHandlerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.close();
    client.close();
  }

  private void start(HealthHandler handler) {
    server.createContext("/", handler);
    server.start();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody()).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private void addABrokenOne() {
    prober.add(
        Probe.of(
            "b",
            attempt -> {
              throw new ProbeFailure("full");
            }));
  }

  @Test
  void answers200WithTheReportWhenAllAreWell() throws Exception {
    start(HealthHandler.of(prober));
    HttpResponse<String> answer = send("GET", "/_health?verbose=1");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .matches(
            "\\{\"healthy\":true,\"probes\":\\[\\{\"name\":\"a\",\"healthy\":true,"
                + "\"comment\":\"took [0-9.]+[nµm]s\",\"error\":null,\"duration\":[0-9]+}],"
                + "\"error\":null}");
  }

  @Test
  void answers503WhenOneIsNot() throws Exception {
    addABrokenOne();
    start(HealthHandler.of(prober));
    HttpResponse<String> answer = send("GET", "/_health");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .startsWith("{\"healthy\":false,")
        .endsWith("\"error\":\"prober error: probe b: probe check failed: full\"}");
  }

  @Test
  void runsTheChecksOnEveryCall() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    prober.add(Probe.of("counted", attempt -> checks.incrementAndGet()));
    start(HealthHandler.of(prober));
    for (int i = 1; i <= 3; i++) {
      send("GET", "/_health");
      assertThat(checks).hasValue(i);
    }
  }

  @Test
  void answers200AlsoForABrokenOneWhereGoClientsAsk() throws Exception {
    addABrokenOne();
    start(HealthHandler.of(HealthEndpoint.of(prober).forGoClients(), exchange -> {}));
    HttpResponse<String> answer = send("GET", "/_health");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"comment\":\"full\",\"error\":null,")
        .endsWith("\"error\":null,\"reason\":\"prober error: probe b: probe check failed: full\"}");
    assertThat(send("GET", "/_health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void answersWithoutABodyToHead() throws Exception {
    start(HealthHandler.of(prober));
    HttpResponse<String> answer = send("HEAD", "/_health");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void refusesOtherMethods() throws Exception {
    start(HealthHandler.of(prober));
    HttpResponse<String> answer = send("POST", "/_health");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @Test
  void passesOtherPathsToTheWrappedHandler() throws Exception {
    start(
        HealthHandler.of(
            prober,
            exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(204, -1);
              }
            }));
    assertThat(send("POST", "/orders").statusCode()).isEqualTo(204);
    assertThat(send("GET", "/_health/other").statusCode()).isEqualTo(204);
    assertThat(send("GET", "/_healthy").statusCode()).isEqualTo(204);
    assertThat(send("GET", "/actuator/health").statusCode()).isEqualTo(204);
    assertThat(send("GET", "/_health").statusCode()).isEqualTo(200);
  }

  @Test
  void is404ElsewhereWithoutAWrappedHandler() throws Exception {
    start(HealthHandler.of(prober));
    assertThat(send("GET", "/orders").statusCode()).isEqualTo(404);
  }

  @Test
  void tellsLivenessFromReadiness() throws Exception {
    prober.add(
        Probe.of(
            "threads",
            attempt -> {
              throw new ProbeFailure("all stuck");
            }),
        Set.of(Group.LIVENESS));
    start(HealthHandler.of(prober));
    assertThat(send("GET", "/_health/ready").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/_health/ready").body()).contains("\"a\"").doesNotContain("threads");
    assertThat(send("GET", "/_health/live").statusCode()).isEqualTo(503);
    assertThat(send("GET", "/_health").statusCode()).isEqualTo(503);
  }

  @Test
  void answersAsActuatorDoesWhereItIsAskedTo() throws Exception {
    start(HealthHandler.of(HealthEndpoint.of(prober).withActuator(), exchange -> {}));
    assertThat(send("GET", "/actuator/health").body())
        .startsWith("{\"status\":\"UP\",\"components\":{\"a\":{\"status\":\"UP\",");
    assertThat(send("GET", "/actuator/health/liveness").body())
        .isEqualTo("{\"status\":\"UP\",\"components\":{}}");
    assertThat(send("GET", "/actuator/health/readiness").statusCode()).isEqualTo(200);
    addABrokenOne();
    assertThat(send("GET", "/actuator/health").statusCode()).isEqualTo(503);
  }

  @Test
  void tellsThoseAloneWhyWhoMaySeeIt() throws Exception {
    addABrokenOne();
    HealthEndpoint endpoint = HealthEndpoint.of(prober).withActuator();
    String why = "probe check failed: full";
    assertThat(body(endpoint, false)).contains(why);
    assertThat(body(endpoint.details(Show.WHEN_AUTHORIZED), true)).contains(why);
    assertThat(body(endpoint.details(Show.WHEN_AUTHORIZED), false))
        .contains("\"b\"", "probe check failed")
        .doesNotContain("full");
    assertThat(body(endpoint.details(Show.NEVER), true)).contains("\"b\"").doesNotContain("full");
    assertThat(body(endpoint.probes(Show.WHEN_AUTHORIZED), true)).contains(why);
    assertThat(body(endpoint.probes(Show.WHEN_AUTHORIZED), false)).doesNotContain("\"b\"");
    assertThat(body(endpoint.probes(Show.NEVER).forGoClients().at("/_health"), true))
        .doesNotContain("\"b\"", "full");
  }

  private static String body(HealthEndpoint endpoint, boolean authorized) throws Exception {
    HealthAnswer answer = endpoint.answer("GET", "/_health", authorized).orElseThrow();
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void takesThoseForAuthorizedWhomTheServerLetIn() throws Exception {
    addABrokenOne();
    HealthEndpoint endpoint = HealthEndpoint.of(prober).details(Show.WHEN_AUTHORIZED);
    server.createContext("/", HealthHandler.of(endpoint, exchange -> {}));
    server
        .createContext("/_health", HealthHandler.of(endpoint, exchange -> {}))
        .setAuthenticator(
            new Authenticator() {
              @Override
              public Result authenticate(HttpExchange exchange) {
                return new Success(new HttpPrincipal("ops", "realm"));
              }
            });
    server.start();
    assertThat(send("GET", "/_health").body()).contains("full");
  }

  @Test
  void tellsAStrangerNotWhyWhereDetailsAreForTheAuthorized() throws Exception {
    addABrokenOne();
    start(HealthHandler.of(HealthEndpoint.of(prober).details(Show.WHEN_AUTHORIZED), e -> {}));
    HttpResponse<String> answer = send("GET", "/_health");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"b\"").doesNotContain("full");
  }

  @Test
  void answers200WhenOneIsDegraded() throws Exception {
    prober.add(
        Probe.of(
            "disk",
            attempt -> {
              attempt.detail("free", "1 GB");
              attempt.degraded("nearly full");
            }));
    start(HealthHandler.of(prober));
    HttpResponse<String> answer = send("GET", "/_health");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"comment\":\"degraded: nearly full\"", "\"details\":{\"free\":\"1 GB\"}")
        .endsWith("\"error\":null,\"status\":\"degraded\"}");
  }

  @Test
  void answersAtAnotherPath() throws Exception {
    start(
        HealthHandler.of(
            HealthEndpoint.of(prober).at("/status"),
            exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(204, -1);
              }
            }));
    assertThat(send("GET", "/status").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/status/ready").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/_health").statusCode()).isEqualTo(204);
    assertThatThrownBy(() -> HealthEndpoint.of(prober).at("status/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("status/");
  }

  @Test
  void sharesTheBytesOfAnAnswerAmongThoseWhoShareTheRun() throws Exception {
    start(HealthHandler.of(prober));
    Report report = prober.check();
    HealthRoute route = new HealthRoute(() -> report, Form.PHILAE, View.DETAILS, 503);
    assertThat(route.answer()).isSameAs(route.answer());
  }

  @Test
  void asksWhoIsAuthorizedOnlyWhereItMatters() throws Exception {
    addABrokenOne();
    HealthEndpoint endpoint = HealthEndpoint.of(prober).details(Show.WHEN_AUTHORIZED);
    AtomicInteger asked = new AtomicInteger();
    BooleanSupplier bug =
        () -> {
          asked.incrementAndGet();
          throw new IllegalStateException("no session");
        };
    assertThat(endpoint.answer("GET", "/orders", bug)).isEmpty();
    assertThat(endpoint.answer("POST", "/_health", bug).orElseThrow().status()).isEqualTo(405);
    assertThat(HealthEndpoint.of(prober).answer("GET", "/_health", bug)).isPresent();
    assertThat(asked).hasValue(0);
    HealthAnswer answer = endpoint.answer("GET", "/_health", bug).orElseThrow();
    assertThat(answer.toString()).startsWith("503 ").contains("\"b\"").doesNotContain("full");
    assertThat(asked).hasValue(1);
    assertThat(endpoint.answer("GET", "/_health", () -> true).orElseThrow().toString())
        .contains("full");
  }

  /// The JDK's server copies each write whole, for each client that reads nothing.
  @Test
  void writesAnAnswerInPieces() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      prober.add(Probe.of("probe " + i, attempt -> {}));
    }
    AtomicInteger largest = new AtomicInteger();
    server
        .createContext("/", HealthHandler.of(prober))
        .getFilters()
        .add(Filter.beforeHandler("measures", exchange -> measure(exchange, largest)));
    server.start();
    assertThat(send("GET", "/_health").body())
        .contains("\"probe 999\"")
        .endsWith("\"error\":null}");
    assertThat(largest).hasValueLessThanOrEqualTo(16 * 1024).hasValueGreaterThan(1024);
  }

  private static void measure(HttpExchange exchange, AtomicInteger largest) {
    exchange.setStreams(
        null,
        new FilterOutputStream(exchange.getResponseBody()) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            largest.accumulateAndGet(length, Math::max);
            out.write(bytes, offset, length);
          }
        });
  }
}
