package dev.rollcall.lab.ha;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is around Rollcall: services that it checks, some of which are down now and then, and a
/// receiver of alerts. It writes down what arrives.
///
/// Services: `/s/NAME`, always up; `/flip/NAME`, down while [#down(String)] says so; `/u/N`, what
/// the load adds. Alerts come to `/hook`.
final class World implements AutoCloseable {
  static final int PORT = 9000;

  private static final int THREADS = 16;
  private static final Pattern TOLD =
      Pattern.compile(
          "\"incident\":(\\d+),(?:\"subject\":\"[^\"]*\",)?\"name\":\"([^\"]*)\",\"state\":\"([^\"]*)\"");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Map<String, ConcurrentLinkedQueue<Long>> checks = new ConcurrentHashMap<>();
  private final Set<String> down = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Alert> alerts = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> messages = new ConcurrentHashMap<>();

  /// @param opened whether an incident was opened; otherwise it was over
  record Alert(String incident, String name, boolean opened) {}

  World(Machine machine) {
    server =
        machine.open(() -> HttpServer.create(new InetSocketAddress(machine.address(), PORT), 1024));
    server.setExecutor(threads);
    server.createContext("/s/", exchange -> check(exchange, true));
    server.createContext("/flip/", exchange -> check(exchange, !down.contains(name(exchange))));
    server.createContext("/u/", exchange -> answer(exchange, 200));
    server.createContext("/hook", this::hook);
    server.start();
  }

  private void check(HttpExchange exchange, boolean up) throws IOException {
    checks
        .computeIfAbsent(name(exchange), name -> new ConcurrentLinkedQueue<>())
        .add(System.nanoTime());
    answer(exchange, up ? 200 : 500);
  }

  private static String name(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().replaceFirst(".*/", "");
  }

  private void hook(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    String id = String.valueOf(exchange.getRequestHeaders().getFirst("webhook-id"));
    // the answer to an attempt may have been lost: the same message comes again
    if (messages.merge(id, 1, Integer::sum) == 1 && !body.contains("\"reminder\":true")) {
      Matcher told = TOLD.matcher(body);
      while (told.find()) {
        alerts.add(new Alert(told.group(1), told.group(2), told.group(3).equals("open")));
      }
    }
    answer(exchange, 204);
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  /// Takes a service down.
  void down(String flip) {
    down.add(flip);
  }

  /// Takes it up again.
  void up(String flip) {
    down.remove(flip);
  }

  /// When each service that is always up was checked, as [System#nanoTime()].
  Map<String, List<Long>> checks() {
    Map<String, List<Long>> copy = new HashMap<>();
    checks.forEach(
        (name, times) -> {
          if (!name.startsWith("flip")) {
            copy.put(name, new ArrayList<>(times));
          }
        });
    return copy;
  }

  List<Alert> alerts() {
    return List.copyOf(alerts);
  }

  /// How many messages came more than once with the same id.
  long repeated() {
    return messages.values().stream().filter(times -> times > 1).count();
  }

  /// Forgets everything so far.
  void forget() {
    checks.values().forEach(ConcurrentLinkedQueue::clear);
    alerts.clear();
    messages.clear();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
