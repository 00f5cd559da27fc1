package dev.rollcall.icmp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;

/// Runs tests in a network namespace of their own, in which loopback alone is up: nothing that they
/// send leaves it. It needs root; without it they fail, and say so.
final class OwnNetwork {
  private static final int CLONE_NEWNET = 0x4000_0000;

  private OwnNetwork() {}

  /// What a test does inside.
  interface Body {
    void run() throws Exception;
  }

  /// Runs a test on a thread that alone is in a new network. Sockets that it opens, also those that
  /// other threads use later, and programs that it starts, are in there too.
  static void in(Body body) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .name("own-network")
            .start(
                () -> {
                  try {
                    enter();
                    run("ip", "link", "set", "lo", "up");
                    body.run();
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
    thread.join();
    switch (failure.get()) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(failure.get());
    }
  }

  /// The same, where everybody may open ping sockets.
  static void withPingSockets(Body body) throws Exception {
    in(
        () -> {
          run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
          body.run();
        });
  }

  @SuppressWarnings("restricted") // native access is what this module is about
  private static void enter() throws Throwable {
    Linker linker = Linker.nativeLinker();
    int result =
        (int)
            linker
                .downcallHandle(
                    linker.defaultLookup().findOrThrow("unshare"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                .invokeExact(CLONE_NEWNET);
    if (result != 0) {
      throw new IllegalStateException("these tests need a network of their own: run them as root");
    }
  }

  /// Runs a program to its end.
  ///
  /// @return what it wrote
  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  /// Native calls of a test, in memory that lives as long as the test.
  static Libc libc() {
    return Libc.in(Arena.ofAuto());
  }
}
