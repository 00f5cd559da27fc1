package dev.rollcall.probes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that does with each connection what a test says, misbehaviour above all.
final class RawServer implements AutoCloseable {
  /// What happens on one connection, of which the first has number 1. The connection is closed when
  /// it returns.
  interface Conversation {
    void hold(Line line) throws Exception;
  }

  /// A connection as the server sees it.
  record Line(Socket socket, int number, InputStream in, OutputStream out, RawServer server) {
    /// Reads a request's header and notes it.
    String request() throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new IOException("closed after: " + text);
        }
        text.append((char) next);
      }
      server.requests.add(text.toString());
      return text.toString();
    }

    void say(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /// Answers with `status`, `headers` (each with its line end) and `body`.
    void answer(int status, String headers, String body) throws IOException {
      say(
          "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s"
              .formatted(status, headers, body.getBytes(StandardCharsets.ISO_8859_1).length, body));
    }

    /// Sends a byte every 20 ms until the other side or the test ends.
    void drip() throws IOException, InterruptedException {
      while (!server.ended.await(20, TimeUnit.MILLISECONDS)) {
        say("x");
      }
    }

    /// Reads nothing until the test ends.
    void ignore() throws InterruptedException {
      server.ended.await();
    }

    /// Says nothing until the other side or the test ends.
    void hang() throws IOException {
      in.transferTo(OutputStream.nullOutputStream());
    }
  }

  /// A port on which connections are refused, and which nobody else gets meanwhile.
  static final class Closed implements AutoCloseable {
    private final Socket bound = new Socket();

    Closed() throws IOException {
      bound.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    int port() {
      return bound.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      bound.close();
    }
  }

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  RawServer(Conversation conversation) {
    this(plain(), conversation);
  }

  RawServer(ServerSocket listener, Conversation conversation) {
    this.listener = listener;
    Thread.ofVirtual().start(() -> accept(conversation));
  }

  private static ServerSocket plain() {
    try {
      return new ServerSocket(0, 1024, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void accept(Conversation conversation) {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        open.incrementAndGet();
        int number = connections.incrementAndGet();
        Thread.ofVirtual()
            .start(
                () -> {
                  try (socket) {
                    conversation.hold(
                        new Line(
                            socket,
                            number,
                            socket.getInputStream(),
                            socket.getOutputStream(),
                            this));
                  } catch (Exception e) {
                    // The client is what is tested.
                  } finally {
                    open.decrementAndGet();
                    sockets.remove(socket);
                  }
                });
      }
    } catch (IOException e) {
      ended.countDown();
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /// How many connections have been made.
  int connections() {
    return connections.get();
  }

  /// How many connections are open now.
  int open() {
    return open.get();
  }

  /// The headers of the requests so far.
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  /// Closes everything, and waits until nothing is accepted any more.
  void stop() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
