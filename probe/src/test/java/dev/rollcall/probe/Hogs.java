package dev.rollcall.probe;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// An application whose checks do what checks must not, run by [HogsTest] in a JVM of its own with
/// one processor: everything in it is on virtual threads, and it prints what `/_health` answers.
final class Hogs {
  private static final AtomicLong SINK = new AtomicLong();

  private Hogs() {}

  /// Runs checks that harm, beside one that is well, behind a server.
  ///
  /// @param args the timeout in milliseconds, and which checks there are beside one that is well
  public static void main(String... args) throws Exception {
    ProcessHandle.current().parent().ifPresent(Hogs::endWith);
    try {
      run(args);
    } catch (Throwable e) { // nothing would tell of it, since the JVM is halted
      System.out.println(e);
    } finally {
      System.out.flush();
      Runtime.getRuntime().halt(0); // nothing else would end what never ends
    }
  }

  /// The JVM ends when the test that started it has gone.
  private static void endWith(ProcessHandle test) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              test.onExit().join();
              Runtime.getRuntime().halt(1);
            });
  }

  private static void run(String... args) throws Exception {
    Map<String, Probe.Check> all =
        Map.of(
            "spins",
                attempt -> {
                  while (true) {
                    SINK.incrementAndGet();
                  }
                },
            "spins too",
                attempt -> {
                  while (true) {
                    SINK.incrementAndGet();
                  }
                },
            "allocates",
                attempt -> {
                  while (true) {
                    SINK.addAndGet(new byte[1 << 16].length);
                  }
                },
            "hoards",
                attempt -> {
                  List<byte[]> hoard = new ArrayList<>();
                  while (true) {
                    hoard.add(new byte[8 << 20]); // leaves others what they need
                    SINK.set(hoard.size());
                  }
                },
            "recurses", attempt -> SINK.set(depth(1)),
            "throws", attempt -> Hogs.<RuntimeException>raise(new Odd()),
            "is pinned", attempt -> SINK.addAndGet(Pinned.VALUE),
            "throws oddly",
                attempt -> {
                  throw new Mute();
                },
            "is deaf",
                attempt -> {
                  while (true) {
                    try {
                      new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                      SINK.incrementAndGet();
                    }
                  }
                });
    Prober prober = new Prober(Duration.ofMillis(Long.parseLong(args[0])));
    prober.add(Probe.of("well", attempt -> {})); // first, so that it waits behind none of them
    for (String name : List.of(args).subList(1, args.length)) {
      prober.add(Probe.of(name, Objects.requireNonNull(all.get(name), name)));
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        HealthHandler.of(
            prober,
            exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(204, -1);
              }
            }));
    server.start();
    for (String path : List.of("/_health", "/_health", "/orders")) {
      ask(server.getAddress().getPort(), path);
    }
  }

  private static final class Odd extends Throwable {
    private static final long serialVersionUID = 1L;
  }

  /// Its message is another failure.
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  /// Made by a thread that waits for ever, and cannot leave its carrier meanwhile.
  private static final class Pinned {
    private static final int VALUE = value();

    private static int value() {
      while (true) {
        try {
          new CountDownLatch(1).await();
          return 1;
        } catch (InterruptedException e) {
          SINK.incrementAndGet();
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raise(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @SuppressWarnings("InfiniteRecursion") // which is what this check does wrong
  private static int depth(int n) {
    return depth(n + 1) + 1;
  }

  private static void ask(int port, String path) throws Exception {
    long start = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET %s HTTP/1.0\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      System.out.println(
          "%d %s"
              .formatted((System.nanoTime() - start) / 1_000_000, answer.replaceAll("\\s+", " ")));
    }
  }
}
