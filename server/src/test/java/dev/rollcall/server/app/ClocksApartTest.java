package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.config.ConfigFiles;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.sql.TestDatabases;
import dev.rollcall.server.sql.Wire;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes on PostgreSQL, as `serve` opens them, on a machine whose clock is wrong.
class ClocksApartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int CALLS = 5;
  private static final Pattern NEXT = Pattern.compile("\"next_ping_at\":(\\d+)");
  private static final Pattern AT = Pattern.compile("\"at\":(\\d+)");

  @TempDir Path folder;

  private final KeptLog log = new KeptLog();
  private final SetClock clock = new SetClock();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    log.restore();
  }

  private Serve serve(String name, String database, SetClock machine, String yaml)
      throws IOException {
    Path own = Files.createDirectory(folder.resolve(name));
    Files.writeString(own.resolve("rollcall.yaml"), yaml);
    Configuration.Origin origin =
        new Configuration.Origin(
            Map.of("--port", "0", "--health-port", "0", "--database", database),
            Map.of(),
            new ConfigFiles(own, Optional.empty()),
            FileServices.TOLERANT);
    Configuration configuration = origin.read(new Mistakes()).orElseThrow();
    return new Serve(origin, configuration, new FileWatcher(origin.files().yaml()), machine);
  }

  private HttpResponse<String> get(String url) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Long> numbers(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult found) -> Long.parseLong(found.group(1)))
        .toList();
  }

  @Test
  void aCallIsNotRefusedWhicheverClockIsWrongOrSet() throws Exception {
    String database = TestDatabases.freshUrl();
    clock.set(MINUTE);
    Serve right = serve("right", database, new SetClock(), "services: []\n");
    Serve wrong = serve("wrong", database, clock, "services: []\n");
    int status =
        right.run(
            one ->
                assertThat(wrong.run(other -> callBoth(other.url(), one.url())))
                    .isEqualTo(Command.OK));
    assertThat(status).isEqualTo(Command.OK);
  }

  private void callBoth(String wrong, String right) {
    for (int minutes : List.of(1, 0, 2, -3, 1)) {
      clock.set(MINUTE.multipliedBy(minutes));
      for (int i = 0; i < CALLS; i++) {
        call(wrong, minutes);
        call(right, minutes);
      }
    }
  }

  private void call(String rollcall, int minutes) {
    HttpResponse<String> answer = get(rollcall + "/ping?name=job&frequency=1h");
    assertThat(answer.statusCode())
        .as("set by %d minutes: %s", minutes, answer.body())
        .isEqualTo(200);
    long expected = Instant.now().plus(HOUR).getEpochSecond();
    assertThat(numbers(NEXT, answer.body()))
        .as("set by %d minutes", minutes)
        .singleElement()
        .satisfies(next -> assertThat(next).isCloseTo(expected, within(30L)));
  }

  /// It checks services before the database has answered, and does not know yet that its clock is
  /// wrong.
  @Test
  void nothingFromTheFutureIsWrittenOnceTheDatabaseAnswers() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    service.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    service.start();
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      String database =
          TestDatabases.freshUrl().replaceFirst("127.0.0.1:\\d+", "127.0.0.1:" + wire.port());
      wire.cut();
      clock.set(HOUR);
      Serve wrong =
          serve(
              "wrong",
              database,
              clock,
              "services: [{name: one, url: 'http://127.0.0.1:%d/', interval: 200ms}]\n"
                  .formatted(service.getAddress().getPort()));
      assertThat(wrong.run(open -> comesBack(open.url(), asked, wire))).isEqualTo(Command.OK);
    } finally {
      service.stop(0);
    }
  }

  private void comesBack(String rollcall, AtomicInteger asked, Wire wire) {
    await().atMost(PATIENCE).until(() -> asked.get() > 5);
    wire.mend();
    await().atMost(PATIENCE).until(() -> ticks(rollcall).size() > 5);
    long future = Instant.now().plus(HOUR.dividedBy(2)).getEpochSecond();
    assertThat(ticks(rollcall)).allSatisfy(at -> assertThat(at).isLessThan(future));
  }

  private List<Long> ticks(String rollcall) {
    HttpResponse<String> answer = get(rollcall + "/v1/services/1/ticks?limit=1000");
    return answer.statusCode() == 200 ? numbers(AT, answer.body()) : List.of();
  }
}
