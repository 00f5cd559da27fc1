package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Plan;
import dev.rollcall.server.app.MigratedPostgres;
import dev.rollcall.server.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import redis.clients.jedis.Jedis;

/// What the stream of an open page contains, read without a browser.
@Execution(ExecutionMode.CONCURRENT)
class LiveViewsIT {
  private static final Pattern STREAM = Pattern.compile("<body data-live=\"([^\"]+)\"");

  @TempDir Path folder;

  /// The lines of one stream so far.
  private static final class OpenStream implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    OpenStream(RunningRollcall rollcall, String path) throws Exception {
      URI uri = URI.create("http://127.0.0.1:" + rollcall.port() + path);
      HttpResponse<Stream<String>> answer =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofLines());
      assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
      Thread.ofVirtual().start(() -> read(answer.body()));
    }

    private void read(Stream<String> body) {
      try (body) {
        body.forEach(lines::add);
      } catch (RuntimeException e) {
        // the test has ended
      }
    }

    /// The data of all events of this name so far.
    List<String> events(String name) {
      return Stream.of(String.join("\n", lines).split("\n\n", -1))
          .filter(event -> event.startsWith("event: " + name + "\n"))
          .toList();
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  @Test
  void aChangeReachesOpenPagesAndThoseThatMissedIt() throws Exception {
    try (Targets targets = new Targets();
        RunningRollcall rollcall =
            Plan.in(folder)
                .yaml(
                    """
                    services:
                      - {name: changing, url: '%s', interval: 200ms, group: Both}
                      - {name: steady, url: '%s', interval: 1h, group: Both}
                    groups:
                      - {name: Both, rule: all}
                    """
                        .formatted(targets.url("/set/live"), targets.url("/status/200")))
                .start()) {
      rollcall.firstTick("changing");
      rollcall.firstTick("steady");
      String path = stream(rollcall.page("/"));
      try (OpenStream open = new OpenStream(rollcall, path);
          OpenStream groups = new OpenStream(rollcall, stream(rollcall.page("/groups")))) {
        await().atMost(PATIENCE).until(() -> !open.events("now").isEmpty());
        await().atMost(PATIENCE).until(() -> !groups.events("now").isEmpty());
        targets.set(503);
        await().atMost(PATIENCE).until(() -> isDown(open));
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    groups.events("rows").stream()
                        .anyMatch(event -> event.contains("changing: Down")));
        assertThat(open.events("totals")).isNotEmpty();
        report(rollcall, 0);
        try (OpenStream nodes = new OpenStream(rollcall, stream(rollcall.page("/nodes")))) {
          await().atMost(PATIENCE).until(() -> !nodes.events("now").isEmpty());
          report(rollcall, 5);
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      nodes.events("rows").stream().anyMatch(event -> event.contains("5 batches")));
        }
        assertThat(open.events("rows").getLast()).doesNotContain("steady");
      }
      try (OpenStream late = new OpenStream(rollcall, path)) {
        await().atMost(PATIENCE).until(() -> isDown(late));
      }
      try (OpenStream fresh = new OpenStream(rollcall, stream(rollcall.page("/?status=up")))) {
        await().atMost(PATIENCE).until(() -> !fresh.events("now").isEmpty());
        targets.set(200);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    Stream.concat(fresh.events("rows").stream(), fresh.events("list").stream())
                        .anyMatch(event -> event.contains("changing")));
      }
    }
  }

  @Test
  void aPageShowsWhatAnotherProcessHasFound() throws Exception {
    showsWhatAnotherProcessHasFound(plan -> plan);
  }

  @Test
  void aPageShowsWhatAnotherProcessHasFoundWithRedisInFront() throws Exception {
    try (RedisServer redis = RedisServer.start(folder.resolve("redis"))) {
      showsWhatAnotherProcessHasFound(plan -> plan.variable("ROLLCALL_REDIS", redis.url()));
      try (Jedis client = redis.client()) {
        assertThat(client.keys("rollcall:0:statuses:*")).as("they went through it").isNotEmpty();
      }
    }
  }

  /// One process checks, and does not answer; the other answers, and checks nothing.
  private void showsWhatAnotherProcessHasFound(UnaryOperator<Plan> redis) throws Exception {
    String database = MigratedPostgres.freshUrl();
    Plan here = redis.apply(plan("here", database, "api"));
    Plan there = redis.apply(plan("there", database, "runner"));
    try (Targets targets = new Targets();
        RunningRollcall checking =
            there
                .yaml(
                    "services: [{name: changing, url: '%s', interval: 200ms}]\n"
                        .formatted(targets.url("/set/elsewhere")))
                .start();
        RunningRollcall answering = here.start()) {
      answering.firstTick("changing");
      try (OpenStream open = new OpenStream(answering, stream(answering.page("/")))) {
        await().atMost(PATIENCE).until(() -> !open.events("now").isEmpty());
        targets.set(503);
        await().atMost(PATIENCE).until(() -> isDown(open));
      }
      for (RunningRollcall each : List.of(checking, answering)) {
        assertThat(each.log()).doesNotContain("ERROR");
        assertThat(each.stop()).isZero();
      }
    }
  }

  private Plan plan(String name, String database, String role) throws IOException {
    return Plan.in(Files.createDirectories(folder.resolve(name)))
        .variable("ROLLCALL_DATABASE", database)
        .flags("--roles=" + role);
  }

  private static void report(RunningRollcall rollcall, int batches) {
    String report =
        """
        {"version":"1.0","rate":1000,"packets_per_second":0,"spool_batches":%d,"spool_bytes":900,
        "dropped":0,"sent_at":"%s"}
        """
            .formatted(batches, Instant.now());
    assertThat(rollcall.send("POST", "/v1/nodes/fra1", report).status()).isEqualTo(200);
  }

  /// The whole list is sent to a page whose version is too old for single changes.
  private static boolean isDown(OpenStream stream) {
    return Stream.concat(stream.events("rows").stream(), stream.events("list").stream())
        .anyMatch(event -> event.contains("changing") && event.contains("503"));
  }

  private static String stream(String page) {
    Matcher live = STREAM.matcher(page);
    assertThat(live.find()).as(page).isTrue();
    return live.group(1).replace("&amp;", "&");
  }
}
