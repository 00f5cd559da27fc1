package dev.rollcall.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A target that notes when each of its paths is asked, and answers after a while; `/hang` never.
final class Arrivals implements AutoCloseable {
  private final Map<String, ConcurrentLinkedQueue<Long>> arrivals = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /// @param after how long an answer takes
  Arrivals(Duration after) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          of(path).add(System.nanoTime());
          try (exchange) {
            Thread.sleep(path.startsWith("/hang") ? Duration.ofHours(1) : after);
            exchange.sendResponseHeaders(200, -1);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  private ConcurrentLinkedQueue<Long> of(String path) {
    return arrivals.computeIfAbsent(path, _ -> new ConcurrentLinkedQueue<>());
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /// How often a path was asked.
  int count(String path) {
    return of(path).size();
  }

  /// How often all paths were asked.
  long count() {
    return arrivals.values().stream().mapToLong(ConcurrentLinkedQueue::size).sum();
  }

  /// Forgets what came so far.
  void forget() {
    arrivals.clear();
  }

  /// How often a path was asked again sooner than `gap` after the last time.
  long sooner(Duration gap) {
    long sooner = 0;
    for (ConcurrentLinkedQueue<Long> its : arrivals.values()) {
      long last = Long.MIN_VALUE;
      for (long at : its) {
        sooner += last != Long.MIN_VALUE && at - last < gap.toNanos() ? 1 : 0;
        last = at;
      }
    }
    return sooner;
  }

  /// How many paths were asked at least once.
  int paths() {
    return arrivals.size();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
