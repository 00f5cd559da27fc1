package dev.rollcall.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Whoever is called with alerts: it writes down each call, and answers as it was told.
final class Receiver implements AutoCloseable {
  private static final int HANGING = -1;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile int answer = 200;

  /// A call that came.
  ///
  /// @param query as it came over the wire
  record Call(Instant at, String query, int answered) {}

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/alert?team=7";
  }

  /// What it answers from now on.
  void answer(int status) {
    answer = status;
  }

  /// From now on it takes calls and says nothing.
  void hang() {
    answer = HANGING;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  /// The calls about that name, as it stands in a query.
  List<Call> about(String name) {
    return calls.stream().filter(call -> call.query().contains("&name=" + name + "&")).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int status = answer;
    calls.add(new Call(Instant.now(), exchange.getRequestURI().getRawQuery(), status));
    try (exchange) {
      if (status == HANGING) {
        closed.await(Duration.ofHours(1).toMillis(), TimeUnit.MILLISECONDS);
      } else {
        exchange.sendResponseHeaders(status, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
