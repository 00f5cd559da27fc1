package dev.rollcall.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs `ip`, and code inside a network namespace.
public final class LabCommand {
  private static final int NETWORK = 0x4000_0000; // CLONE_NEWNET
  private static final int CAPABILITY_VERSION = 0x2008_0522; // _LINUX_CAPABILITY_VERSION_3
  private static final int PATIENCE_SECONDS = 60;

  /// Starts all programs. Java keeps the threads that wait for their ends, where who started them
  /// was, so that is never a thread in a namespace.
  private static final ExecutorService STARTER = starter();

  private LabCommand() {}

  private static ExecutorService starter() {
    ExecutorService one =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("lab-command").factory());
    one.execute(() -> {}); // so that the thread is there
    return one;
  }

  /// Looks whether this machine can be a laboratory.
  ///
  /// @throws IllegalStateException with what is missing, in one line
  public static void demand() {
    boolean there =
        Stream.of((System.getenv("PATH") + ":/usr/sbin:/sbin").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ip")));
    if (!there) {
      throw new IllegalStateException("the network lab needs ip: apt-get install iproute2");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new IllegalStateException("the network lab needs root: run the tests as root");
    }
  }

  /// Runs commands of `ip`, one a line.
  public static void batch(StringBuilder commands) {
    if (!commands.isEmpty()) {
      run(List.of("ip", "-batch", "-"), commands.toString());
    }
  }

  /// The same inside a node.
  static void batch(LabNode node, StringBuilder commands) {
    if (!commands.isEmpty()) {
      run(List.of("ip", "-n", node.namespace(), "-batch", "-"), commands.toString());
    }
  }

  /// The same with `ip -6`.
  static void batch6(LabNode node, StringBuilder commands) {
    if (!commands.isEmpty()) {
      run(List.of("ip", "-6", "-n", node.namespace(), "-batch", "-"), commands.toString());
    }
  }

  /// Runs a command, and waits for its end.
  ///
  /// @return what it said
  /// @throws IllegalStateException if it failed
  public static String run(List<String> command) {
    return run(command, "");
  }

  private static String run(List<String> command, String input) {
    return waited("in " + command, STARTER.submit(() -> runHere(command, input)));
  }

  private static String runHere(List<String> command, String input) {
    List<String> inPath =
        new ArrayList<>(List.of("env", "PATH=" + System.getenv("PATH") + ":/usr/sbin:/sbin"));
    inPath.addAll(command);
    try {
      Process process = new ProcessBuilder(inPath).redirectErrorStream(true).start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(
            "the network lab failed: %s: %s%n%s".formatted(command, output.strip(), input));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, e);
    }
  }

  /// The threads of this process that are in another network than its first: none, where nothing
  /// runs inside a namespace. A pool to which one belongs would serve others from there.
  public static List<String> strays() {
    Path self = Path.of("/proc/self");
    try (Stream<Path> threads = Files.list(self.resolve("task"))) {
      Path home = Files.readSymbolicLink(self.resolve("ns/net"));
      return threads.flatMap(thread -> stray(thread, home)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> stray(Path thread, Path home) {
    try {
      return Files.readSymbolicLink(thread.resolve("ns/net")).equals(home)
          ? Stream.empty()
          : Stream.of(Files.readString(thread.resolve("comm")).strip());
    } catch (IOException e) {
      return Stream.empty(); // it has ended
    }
  }

  /// Runs code on a thread inside a network namespace. Sockets that it opens, and threads that it
  /// starts, stay inside.
  public static <T> T inside(String namespace, Callable<T> task) {
    FutureTask<T> future =
        new FutureTask<>(
            () -> {
              long home = open("/proc/thread-self/ns/net");
              try {
                enter(namespace);
                return task.call();
              } finally {
                // who is woken next may need a new thread, which is where this one is
                call("setns", home, NETWORK);
                call("close", home, 0);
              }
            });
    new Thread(future, "inside " + namespace).start();
    return waited("inside " + namespace, future);
  }

  private static <T> T waited(String where, Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted " + where, e);
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(cause);
  }

  /// The network of this thread, for `nsenter --net=`.
  static String network() {
    try {
      return "/proc/" + Files.readSymbolicLink(Path.of("/proc/thread-self")) + "/ns/net";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Moves this thread into a namespace.
  private static void enter(String namespace) {
    long file = open("/run/netns/" + namespace);
    long entered = call("setns", file, NETWORK);
    call("close", file, 0);
    if (entered != 0) {
      throw new IllegalStateException("cannot enter the network namespace " + namespace);
    }
  }

  private static long open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return call("open", arena.allocateFrom(path).address(), 0);
    }
  }

  /// Moves this thread into a new network, for good.
  static void leaveNetwork() {
    if (call("unshare", NETWORK, 0) != 0) {
      throw new IllegalStateException("cannot make a network: run the tests as root");
    }
  }

  /// Takes all capabilities from this thread, for good.
  static void dropRights() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment header = arena.allocate(8, 8);
      header.set(ValueLayout.JAVA_INT, 0, CAPABILITY_VERSION);
      MemorySegment none = arena.allocate(24, 8);
      if (call("capset", header.address(), none.address()) != 0) {
        throw new IllegalStateException("cannot drop the rights of this thread");
      }
    }
  }

  @SuppressWarnings("restricted") // native access is what the lab is for
  private static int call(String function, long one, long other) {
    Linker linker = Linker.nativeLinker();
    MethodHandle handle =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow(function),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    try {
      return (int) handle.invokeExact(one, other);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
