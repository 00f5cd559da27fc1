package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Whoever is called with alerts: it writes down each call, and answers as it was told.
final class Receiver implements AutoCloseable {
  private static final int HANGING = -1;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final List<Socket> waiting = new ArrayList<>();
  private final HttpServer server;
  private volatile int answer = 200;
  private volatile boolean unreliable;

  /// A call that came.
  ///
  /// @param query as it came over the wire
  /// @param id the `webhook-id`; empty without one
  record Call(Instant at, String query, String id, String body, int answered) {}

  Receiver() throws IOException {
    this(1024);
    accept();
  }

  private Receiver(int backlog) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), backlog);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
  }

  /// One to which connecting takes until [#accept].
  static Receiver busy() throws IOException {
    Receiver receiver = new Receiver(1);
    try {
      while (true) {
        Socket waiting = new Socket();
        receiver.waiting.add(waiting);
        waiting.connect(receiver.server.getAddress(), 200);
      }
    } catch (SocketTimeoutException e) {
      return receiver; // no more connections wait to be accepted
    }
  }

  /// Accepts connections from now on.
  void accept() {
    server.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether somebody is connecting to it.
  boolean isWaitedFor() {
    String port = ":%04X 02 ".formatted(server.getAddress().getPort()); // SYN_SENT
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .map(Path::of)
        .flatMap(Receiver::lines)
        .anyMatch(line -> line.contains(port));
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return server() + "/alert?team=7";
  }

  /// Its address without a path, for channels that know the path.
  String server() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// What it answers from now on.
  void answer(int status) {
    answer = status;
  }

  /// From now on it takes calls and says nothing.
  void hang() {
    answer = HANGING;
  }

  /// From now on it takes up to 40 ms for each call, and fails one in twenty.
  void unreliable() {
    unreliable = true;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  /// The calls about that name, as it stands in a query.
  List<Call> about(String name) {
    return calls.stream().filter(call -> call.query().contains("&name=" + name + "&")).toList();
  }

  /// The bodies that it took, those of the same `webhook-id` once, in the order in which they came
  /// first.
  List<JsonNode> messages() {
    Map<String, JsonNode> messages = new LinkedHashMap<>();
    for (Call call : calls) {
      if (call.answered() == 200) {
        String id = call.id().isEmpty() ? "" + messages.size() : call.id();
        messages.putIfAbsent(id, RunningRollcall.json(call.body()));
      }
    }
    return List.copyOf(messages.values());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String id = exchange.getRequestHeaders().getFirst("webhook-id");
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      int status = status();
      calls.add(
          new Call(
              Instant.now(),
              Objects.toString(exchange.getRequestURI().getRawQuery(), ""),
              id == null ? "" : id,
              body,
              status));
      if (status == HANGING) {
        closed.await(Duration.ofHours(1).toMillis(), TimeUnit.MILLISECONDS);
      } else {
        exchange.sendResponseHeaders(status, -1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int status() throws InterruptedException {
    if (!unreliable) {
      return answer;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    boolean fails = random.nextInt(20) == 0;
    closed.await(random.nextInt(40), TimeUnit.MILLISECONDS);
    return fails ? 503 : answer;
  }

  @Override
  public void close() {
    closed.countDown();
    waiting.forEach(Receiver::close);
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
