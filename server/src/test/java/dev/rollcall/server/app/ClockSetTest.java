package dev.rollcall.server.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The wall clock is set by an hour while the program runs, as `serve` opens it: no incident opens
/// because of it, and nobody is told of an absence.
class ClockSetTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private final KeptLog log = new KeptLog();
  private final SetClock clock = new SetClock();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private volatile int well = 200;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    log.restore();
  }

  /// `/blink` is down twice, and up from then on.
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      int times = asked(path).incrementAndGet();
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      int status =
          switch (path) {
            case "/blink" -> times <= 2 ? 503 : 200;
            case "/well" -> well;
            default -> {
              told.add(body);
              yield 200;
            }
          };
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private AtomicInteger asked(String path) {
    return asked.computeIfAbsent(path, _ -> new AtomicInteger());
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private static String get(String url) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClockThatIsSetByAnHourOpensNoIncident() throws Exception {
    Files.writeString(
        folder.resolve("rollcall.yaml"),
        """
        incidents: {together: 100ms}
        heartbeat: {startup-grace: 0s}
        channels:
          - {name: hook, type: webhook, url: '%s', route: {absences: true}}
        services:
          - {name: well, url: '%s', interval: 200ms}
          - {name: blink, url: '%s', interval: 1h, confirm-interval: 30m}
        heartbeats:
          - {name: declared, frequency: 10m}
        """
            .formatted(url("/hook"), url("/well"), url("/blink")));
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of("--port", "0", "--health-port", "0"),
            Map.of(),
            new ConfigFiles(folder, Optional.empty()),
            FileServices.TOLERANT);
    Configuration configuration = origin.read(new Mistakes()).orElseThrow();
    FileWatcher files = new FileWatcher(origin.files().yaml());
    int status =
        new Serve(origin, configuration, files, clock).run(open -> setTheClock(open.url()));
    assertThat(status).isEqualTo(Command.OK);
  }

  private void setTheClock(String rollcall) {
    assertThat(get(rollcall + "/ping/job?frequency=10m")).contains("recorded");
    await().atMost(PATIENCE).until(() -> asked("/blink").get() == 1);
    checksGoOn();
    for (Duration by : List.of(HOUR, Duration.ZERO, HOUR.negated(), Duration.ZERO)) {
      clock.set(by);
      checksGoOn();
      await().atMost(PATIENCE).until(() -> asked("/blink").get() >= 2);
      assertThat(get(rollcall + "/v1/incidents")).as("set by %s", by).contains("\"data\":[]");
      assertThat(told).as("set by %s", by).isEmpty();
    }
    assertThat(asked("/blink").get()).as("it was due again").isGreaterThan(2);
    assertThat(get(rollcall + "/ping/job?frequency=10m")).contains("recorded");
    well = 503;
    await().atMost(PATIENCE).until(() -> !told.isEmpty());
    assertThat(told).singleElement().asString().contains("well");
  }

  /// Long enough for the search for late heartbeats and for what is held, too.
  private void checksGoOn() {
    int before = asked("/well").get();
    await().atMost(PATIENCE).until(() -> asked("/well").get() >= before + 10);
  }
}
