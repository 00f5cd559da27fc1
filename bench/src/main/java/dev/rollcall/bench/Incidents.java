package dev.rollcall.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/// How fast somebody is told that a service is down, while 5,000 are checked a second over kept
/// connections; and what happens when 10,000 go down and come back in the same second.
final class Incidents implements Benchmark {
  private static final int SERVICES = 10_000;
  private static final int SINGLE = 200;

  /// Nearly all of the 5,000.
  private static final double RATE = 4_900;

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String TOLD = "rollcall_incident_told_seconds";

  @Override
  public String name() {
    return "incidents";
  }

  /// The receivers: one that keeps incidents, and one that gets what happens together.
  private static final class Receivers implements AutoCloseable {
    private final HttpServer pager = server();
    private final HttpServer chat = server();
    private final Set<String> triggered = ConcurrentHashMap.newKeySet();
    private final Set<String> resolved = ConcurrentHashMap.newKeySet();
    private final List<Long> messages = new CopyOnWriteArrayList<>();

    private Receivers() throws IOException {
      pager.createContext("/", this::pager);
      chat.createContext(
          "/",
          exchange -> {
            messages.add(System.nanoTime());
            answer(exchange, 204);
          });
      pager.start();
      chat.start();
    }

    private static HttpServer server() throws IOException {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      return server;
    }

    private void pager(HttpExchange exchange) throws IOException {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String key = body.replaceFirst("(?s).*\"dedup_key\":\"([^\"]+)\".*", "$1");
      (body.contains("\"event_action\":\"resolve\"") ? resolved : triggered).add(key);
      answer(exchange, 202);
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
      try (exchange) {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(status, -1);
      }
    }

    private static String url(HttpServer server) {
      return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
      pager.stop(0);
      chat.stop(0);
    }
  }

  @Override
  public void run(Stage stage, Length length) throws IOException, InterruptedException {
    Rollcall.train(stage);
    Path failing = stage.folder("failing");
    Nginx nginx = Nginx.failing(stage, 1_000, failing, true);
    List<String> services =
        IntStream.range(0, SERVICES)
            .mapToObj(
                i ->
                    Rollcall.service(
                        "s" + i,
                        nginx.url(i),
                        ", interval: 2s" + (i < SINGLE ? ", confirm: 1" : "")))
            .toList();
    Rollcall rollcall =
        Rollcall.start(
            stage,
            Rollcall.Setup.of(
                stage.folder("data"),
                services,
                "--incidents-flapping=1000",
                "--monitor-keep-alive=true"));
    try (Receivers receivers = new Receivers()) {
      channel(
          rollcall,
          "{\"name\":\"pager\",\"type\":\"pagerduty\",\"key\":\"0123456789abcdef0123456789abcdef\","
              + "\"url\":\"%s\"}".formatted(Receivers.url(receivers.pager)));
      channel(
          rollcall,
          "{\"name\":\"chat\",\"type\":\"webhook\",\"url\":\"%s\"}"
              .formatted(Receivers.url(receivers.chat)));
      Thread.sleep(length.warm());
      Table table = new Table();
      boolean held = single(length, table, rollcall, failing);
      Wait.until(
          "single incidents are over",
          PATIENCE,
          rollcall.child(),
          () -> receivers.resolved.size() >= receivers.triggered.size());
      held &= outage(table, rollcall, failing, receivers);
      table.verdict(
          held,
          "5,000 checks a second: told within 50 ms at p50 and 500 ms at p99; at an outage of all the first message"
              + " within 2 s of the first incident, at most 5 in the two minutes after it, none"
              + " lost, checks' lag p99 under 1 s");
    }
  }

  private static void channel(Rollcall rollcall, String body)
      throws IOException, InterruptedException {
    Rollcall.send(
        HttpRequest.newBuilder(rollcall.api("/v1/channels"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  /// One service after the other goes down, and comes back soon.
  private static boolean single(Length length, Table table, Rollcall rollcall, Path failing)
      throws IOException, InterruptedException {
    Lag checks = rollcall.lag();
    Lag before = rollcall.histogram(TOLD);
    Duration cpu = rollcall.child().cpu();
    long began = System.nanoTime();
    long pause = length.steady().toMillis() / SINGLE;
    for (int i = 0; i < SINGLE; i++) {
      Files.createFile(failing.resolve("" + i));
      Thread.sleep(pause);
    }
    Thread.sleep(Duration.ofSeconds(7));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    Lag told = rollcall.histogram(TOLD).since(before);
    double rate = rollcall.lag().since(checks).count() / (took.toMillis() / 1e3);
    table.row(
        "checks",
        "%.0f/s, lag p99 %.1f ms, %.0f %% of a core",
        rate,
        Table.millis(rollcall.lag().since(checks).quantile(0.99)),
        100.0 * rollcall.child().cpu().minus(cpu).toMillis() / took.toMillis());
    table.row(
        "one incident: told after, p50, p99",
        "%.1f ms, %.1f ms (%d told)",
        Table.millis(told.quantile(0.5)),
        Table.millis(told.quantile(0.99)),
        told.count());
    for (int i = 0; i < SINGLE; i++) {
      Files.delete(failing.resolve("" + i));
    }
    return rate > RATE
        && told.count() >= SINGLE
        && told.quantile(0.5).toMillis() < 50
        && told.quantile(0.99).toMillis() < 500;
  }

  /// All go down at once, and come back after two minutes.
  private static boolean outage(Table table, Rollcall rollcall, Path failing, Receivers receivers)
      throws IOException, InterruptedException {
    Thread.sleep(
        Duration.ofSeconds(62)); // the last message has been sent, and its half minute is over
    receivers.triggered.clear();
    receivers.resolved.clear();
    receivers.messages.clear();
    Lag before = rollcall.lag();
    long began = System.nanoTime();
    for (int i = 0; i < SERVICES; i++) {
      Files.createFile(failing.resolve("" + i));
    }
    Wait.until(
        "the first incident", PATIENCE, rollcall.child(), () -> !receivers.triggered.isEmpty());
    long first = System.nanoTime();
    Wait.until("a message", PATIENCE, rollcall.child(), () -> !receivers.messages.isEmpty());
    Wait.until(
        "all incidents are told",
        PATIENCE,
        rollcall.child(),
        () -> receivers.triggered.size() >= SERVICES);
    long all = System.nanoTime();
    Thread.sleep(Math.max(0, 120_000 - (all - first) / 1_000_000));
    int messages = receivers.messages.size();
    Duration lag = rollcall.lag().since(before).quantile(0.99);
    for (int i = 0; i < SERVICES; i++) {
      Files.delete(failing.resolve("" + i));
    }
    long ending = System.nanoTime();
    Wait.until(
        "all ends are told",
        PATIENCE,
        rollcall.child(),
        () -> receivers.resolved.size() >= SERVICES);
    double late = (receivers.messages.getFirst() - first) / 1e9;
    table.row(
        "10,000 down: all told one by one after",
        "%.1f s (the first after %.1f s)",
        (all - began) / 1e9,
        (first - began) / 1e9);
    table.row(
        "the channel that gathers",
        "first message %.2f s after the first incident, %d in two minutes",
        late,
        messages);
    table.row("10,000 back: all told after", "%.1f s", (System.nanoTime() - ending) / 1e9);
    table.row("lag p99 meanwhile", "%.1f ms", Table.millis(lag));
    table.row("memory: peak", "%d MiB", rollcall.child().peakMiB());
    return late < 2 && messages <= 5 && lag.toMillis() < 1_000;
  }
}
