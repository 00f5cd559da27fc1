package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final AtomicReference<Optional<String>> database =
      new AtomicReference<>(Optional.empty());
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Health health =
      new Health(
          "1.2.3",
          List.of(
              new ReadyCheck("database", database::get), new ReadyCheck("disk", Optional::empty)),
          List.of(Probe.of("queue", attempt -> {})),
          registry);
  private final Served served = Served.routes(health.routes().toArray(Route[]::new));

  @AfterEach
  void stop() {
    served.close();
  }

  @Test
  void isAliveWhileItAnswers() throws Exception {
    assertThat(served.get("/health").body())
        .matches("\\{\"status\":\"ok\",\"version\":\"1.2.3\",\"uptime_seconds\":\\d+}");
  }

  @Test
  void isReadyOnlyWhereEveryCheckIs() throws Exception {
    assertThat(served.get("/ready").body()).isEqualTo("{\"status\":\"ready\"}");
    database.set(Optional.of("no room on the disk"));
    HttpResponse<String> answer = served.get("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo("{\"status\":\"not ready\",\"reasons\":{\"database\":\"no room on the disk\"}}");
    database.set(Optional.empty());
    assertThat(served.get("/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void isNotReadyOnceItIsAboutToStop() throws Exception {
    AtomicBoolean stopping = new AtomicBoolean();
    health.until(stopping::get);
    assertThat(served.get("/ready?stopping=404").statusCode()).isEqualTo(200);
    stopping.set(true);
    HttpResponse<String> answer = served.get("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"not ready\",\"reasons\":{\"stopping\":\"this process stops soon, and takes"
                + " no new clients\"}}");
    assertThat(served.get("/ready?stopping=404").statusCode()).isEqualTo(404);
    assertThat(served.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void answersBalancersThatSpeakHttp10() throws Exception {
    assertThat(served.raw("GET /ready HTTP/1.0\r\n\r\n"))
        .matches("(?s)HTTP/1\\.[01] 200 OK\r\n.*\\{\"status\":\"ready\"}");
    assertThat(served.raw("HEAD /ready HTTP/1.0\r\n\r\n")).matches("(?s)HTTP/1\\.[01] 200 .*");
    assertThat(served.raw("OPTIONS /ready HTTP/1.0\r\n\r\n")).matches("(?s)HTTP/1\\.[01] 204 .*");
  }

  @Test
  void reportsWhatItDependsOnAsEveryServiceDoes() throws Exception {
    assertThat(served.get("/_health").body())
        .startsWith("{\"healthy\":true,\"probes\":[{\"name\":\"database\",\"healthy\":true,")
        .contains("\"name\":\"disk\"", "\"name\":\"queue\"");
    database.set(Optional.of("no room on the disk"));
    HttpResponse<String> answer = served.get("/_health");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.body())
        .endsWith(
            "\"error\":\"prober error: probe database: probe check failed: no room on the disk\"}");
  }

  @Test
  void tellsMetricsInTheFormatAskedFor() throws Exception {
    Counter.builder().name("rollcall_service_ticks_total").help("Ticks.").register(registry).inc(3);
    HttpResponse<String> text = served.get("/metrics");
    assertThat(text.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(text.body())
        .contains(
            "rollcall_service_ticks_total 3.0",
            "jvm_memory_used_bytes",
            "process_cpu_seconds_total");
    HttpResponse<String> open =
        served.get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");
    assertThat(open.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void countsDurationsByPatternAndNotByPath() throws Exception {
    PrometheusRegistry other = new PrometheusRegistry();
    Route route = Route.get("/v1/services/{id}", Access.PUBLIC, request -> Answer.text(200, "ok"));
    List<Route> metrics = new Health("1", List.of(), List.of(), other).routes();
    try (HttpListener listener =
            HttpListener.open(
                Served.anywhere(),
                List.of(route),
                Served.fromThisMachine(),
                new RequestTimes(other));
        Served shown = Served.routes(metrics.toArray(Route[]::new))) {
      for (String path :
          List.of("/v1/services/1", "/v1/services/2", "/nothing/here", "/v1/services/3")) {
        try (java.net.Socket socket =
            new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), listener.port())) {
          socket
              .getOutputStream()
              .write(
                  ("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                      .getBytes(UTF_8));
          assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
        }
      }
      assertThat(shown.get("/metrics").body())
          .contains(
              "http_request_duration_seconds_count{code=\"2xx\",method=\"GET\",route=\"/v1/services/{id}\"} 3")
          .contains(
              "http_request_duration_seconds_count{code=\"4xx\",method=\"other\",route=\"none\"} 1")
          .doesNotContain("nothing/here");
    }
  }
}
