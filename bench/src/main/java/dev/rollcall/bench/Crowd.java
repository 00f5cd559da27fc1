package dev.rollcall.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/// Hostile connections from one address.
final class Crowd implements AutoCloseable {
  private static final int AT_ONCE = 64;
  private static final int PATIENCE_MILLIS = 10_000;

  private final int port;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  Crowd(int port) {
    this.port = port;
  }

  static byte[] request(String method, String path, String headers) {
    return Chunked.ascii(
        method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /// Opens connections that send something, and then neither send nor read but the first line of an
  /// answer.
  void join(int count, IntFunction<byte[]> sent) throws InterruptedException {
    Semaphore opening = new Semaphore(AT_ONCE);
    for (int i = 0; i < count && !closed; i++) {
      byte[] bytes = sent.apply(i);
      opening.acquire();
      Thread.ofVirtual()
          .name("attacker-", i)
          .start(
              () -> {
                try {
                  Socket socket = connect(opening);
                  socket.getOutputStream().write(bytes);
                  count(status(socket));
                } catch (IOException e) {
                  count("closed");
                }
              });
    }
  }

  /// Sends the same request again and again over each of the connections.
  void flood(int connections, byte[] request) {
    for (int i = 0; i < connections; i++) {
      Thread.ofVirtual().name("flood-", i).start(() -> askAgain(request));
    }
  }

  private Socket connect(Semaphore opening) throws IOException {
    try {
      return connect();
    } finally {
      opening.release();
    }
  }

  private void askAgain(byte[] request) {
    while (!closed) {
      try (Socket socket = connect()) {
        socket.getOutputStream().write(request);
        String status = status(socket);
        socket.getInputStream().readNBytes(64 * 1024);
        count(status);
      } catch (IOException e) {
        count("closed");
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    return socket;
  }

  /// The status of an answer.
  private static String status(Socket socket) throws IOException {
    byte[] line = socket.getInputStream().readNBytes(12);
    return line.length < 12 ? "closed" : new String(line, 9, 3, US_ASCII);
  }

  private void count(String answer) {
    if (!closed) {
      answers.computeIfAbsent(answer, _ -> new AtomicLong()).incrementAndGet();
    }
  }

  /// How many answers had which status, or were none.
  String answers() {
    return answers.isEmpty() ? "not at all" : answers.toString();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
