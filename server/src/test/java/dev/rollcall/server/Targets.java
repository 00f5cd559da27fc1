package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Servers on this machine for Rollcall to ask, and what they saw of it.
///
/// By path: `/status/N` answers N; `/redirect/N` redirects N times and answers 200; `/to/HOST:PORT`
/// redirects to another server; `/slow/N` answers after N milliseconds; `/hang/...` does not
/// answer; `/set/...` answers whatever was [#set] last, for this path or for all; `/turns/N-M-...`
/// answers N, then M, and the last one for ever.
final class Targets implements AutoCloseable {
  /// The body of answers of status 400 and above.
  private static final byte[] BODY = "<b>out of order</b>".getBytes(US_ASCII);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<ServerSocket> sockets = new CopyOnWriteArrayList<>();
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final Map<String, Integer> setOf = new ConcurrentHashMap<>();
  private volatile int set = 200;
  private volatile Duration setAfter = Duration.ZERO;

  /// What one path saw.
  static final class Seen {
    private final List<Long> arrivals = new CopyOnWriteArrayList<>();
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /// When requests came, in milliseconds since 1970.
    List<Long> arrivals() {
      return arrivals;
    }

    /// How many were under way at once at most.
    int mostAtOnce() {
      return most.get();
    }
  }

  Targets() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /// What `/set/...` answers from now on.
  void set(int status) {
    set(status, Duration.ZERO);
  }

  /// The same, after so long.
  void set(int status, Duration after) {
    setAfter = after;
    set = status;
  }

  /// What this path below `/set/` answers from now on.
  void set(String path, int status) {
    setOf.put(path, status);
  }

  Seen seen(String path) {
    return seen.computeIfAbsent(path, _ -> new Seen());
  }

  /// A server that does with each connection what `talk` says.
  ///
  /// @return its `127.0.0.1:port`
  String raw(Talk talk) throws IOException {
    ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    return raw(socket, talk);
  }

  String raw(ServerSocket socket, Talk talk) {
    sockets.add(socket);
    threads.execute(
        () -> {
          try {
            while (true) {
              Socket connection = socket.accept();
              threads.execute(
                  () -> {
                    try (connection) {
                      talk.with(connection);
                    } catch (IOException | InterruptedException e) {
                      // The other side left, or the test is over.
                    }
                  });
            }
          } catch (IOException e) {
            // Closed.
          }
        });
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /// One side of a conversation.
  interface Talk {
    void with(Socket connection) throws IOException, InterruptedException;
  }

  /// Sends its header at once and its body over a second.
  String slowBody() throws IOException {
    return raw(
        connection -> {
          readHeader(connection);
          connection
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".getBytes(US_ASCII));
          for (int i = 0; i < 10; i++) {
            closed.await(100, TimeUnit.MILLISECONDS);
            connection.getOutputStream().write('x');
          }
        });
  }

  private static void readHeader(Socket connection) throws IOException {
    int ends = 0;
    for (int c = connection.getInputStream().read(); c >= 0 && ends < 4; ) {
      ends = c == '\r' || c == '\n' ? ends + 1 : 0;
      if (ends < 4) {
        c = connection.getInputStream().read();
      }
    }
  }

  /// An address at which nobody listens.
  static String nobody() throws IOException {
    return "127.0.0.1:" + freePort();
  }

  /// A port that nobody listens on. It is none of those that the system gives to outgoing
  /// connections: one of them could take it before it is listened on.
  static int freePort() throws IOException {
    for (int i = 0; i < 100; i++) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // taken: try another
      }
    }
    throw new IllegalStateException("found no free port");
  }

  private void answer(HttpExchange exchange) throws IOException {
    Seen here = seen(exchange.getRequestURI().getPath());
    here.arrivals.add(System.currentTimeMillis());
    here.most.accumulateAndGet(here.now.incrementAndGet(), Math::max);
    try (exchange) {
      int status;
      try {
        status = status(exchange);
      } finally {
        here.now.decrementAndGet(); // before the answer: who has it may come again at once
      }
      byte[] body = status < 400 ? new byte[0] : BODY;
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0 && !exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int status(HttpExchange exchange) throws InterruptedException {
    String[] parts = exchange.getRequestURI().getPath().split("/", -1);
    return switch (parts[1]) {
      case "status" -> Integer.parseInt(parts[2]);
      case "set" -> {
        after(setAfter);
        yield setOf.getOrDefault(exchange.getRequestURI().getPath(), set);
      }
      case "turns" -> turn(parts[2], seen(exchange.getRequestURI().getPath()));
      case "slow" -> after(Duration.ofMillis(Long.parseLong(parts[2])));
      case "hang" -> after(Duration.ofHours(1));
      case "redirect" -> redirect(exchange, Integer.parseInt(parts[2]));
      case "to" -> redirect(exchange, "http://" + parts[2] + "/");
      default -> 404;
    };
  }

  private static int turn(String statuses, Seen seen) {
    String[] all = statuses.split("-", -1);
    return Integer.parseInt(all[Math.min(seen.arrivals().size(), all.length) - 1]);
  }

  private int after(Duration time) throws InterruptedException {
    closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    return 200;
  }

  private static int redirect(HttpExchange exchange, int left) {
    if (left == 0) {
      return 200;
    }
    return redirect(exchange, "/redirect/" + (left - 1));
  }

  private static int redirect(HttpExchange exchange, String location) {
    exchange.getResponseHeaders().add("Location", location);
    return 302;
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
