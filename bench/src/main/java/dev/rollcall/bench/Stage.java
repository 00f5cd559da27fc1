package dev.rollcall.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// The environment of one benchmark: a folder, and the programs it has started. Closing it ends
/// these by their process ids, and removes the folder.
final class Stage implements AutoCloseable {
  private final Path folder;
  private final Deque<Child> children = new ArrayDeque<>();

  private Stage(Path folder) {
    this.folder = folder;
  }

  static Stage open() throws IOException {
    return new Stage(Files.createTempDirectory("rollcall-bench-"));
  }

  /// A new folder inside the folder of the benchmark.
  Path folder(String name) throws IOException {
    return Files.createTempDirectory(folder, name + "-");
  }

  /// Starts a program. Its output goes into a file, which is shown if it fails.
  Child start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    Child child = Child.start(folder(name).resolve("log"), command, environment);
    children.push(child);
    return child;
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

  @Override
  public void close() throws IOException {
    children.forEach(Child::stop);
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(Stage::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
