package dev.rollcall.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;

/// The surroundings of Rollcall in a soak: services that go up and down by a timetable, and a
/// receiver of alerts. They record the true states.
final class SoakWorld implements AutoCloseable {
  static final int SERVICES = 40;

  private static final int TURN_SECONDS = 30;

  private final HttpServer server;
  private final long began = System.nanoTime();
  private final AtomicLongArray well = new AtomicLongArray(SERVICES);
  private final AtomicLongArray unwell = new AtomicLongArray(SERVICES);
  private final Map<String, List<Instant>> alerts = new ConcurrentHashMap<>();

  SoakWorld() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/s/", this::service);
    server.createContext("/alert", this::alert);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /// Each service is down in one of four periods, each in another one.
  private boolean isWell(int service) {
    long turn = (System.nanoTime() - began) / 1_000_000_000L / TURN_SECONDS;
    return (turn + service) % 4 != 3;
  }

  private void service(HttpExchange exchange) throws IOException {
    int service = Integer.parseInt(exchange.getRequestURI().getPath().substring("/s/".length()));
    boolean up = isWell(service);
    (up ? well : unwell).incrementAndGet(service);
    answer(exchange, up ? 200 : 503);
  }

  private void alert(HttpExchange exchange) throws IOException {
    String name = exchange.getRequestURI().getQuery().replaceFirst(".*name=([^&]*).*", "$1");
    alerts.computeIfAbsent(name, _ -> new ArrayList<>());
    alerts.compute(
        name,
        (_, known) -> {
          List<Instant> all = new ArrayList<>(known == null ? List.of() : known);
          all.add(Instant.now());
          return all;
        });
    answer(exchange, 200);
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status, -1);
    }
  }

  /// How often a service has answered that it is up, or down.
  long answers(int service, boolean up) {
    return (up ? well : unwell).get(service);
  }

  /// The times of the alerts about a job.
  List<Instant> alerts(String job) {
    return alerts.getOrDefault(job, List.of());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
