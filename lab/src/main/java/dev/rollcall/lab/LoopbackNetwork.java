package dev.rollcall.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// A network namespace without a name, in which loopback alone is up: nothing that is sent there
/// leaves it, and it is gone with the last thread and socket in it. Needs root and `ip` of
/// iproute2. [NetworkLab] has routers too.
public final class LoopbackNetwork {
  private LoopbackNetwork() {}

  /// What is done inside.
  public interface Body {
    /// Does it.
    void run() throws Exception;
  }

  /// Runs code on a thread that alone is in a new network. Sockets that it opens, also those that
  /// other threads use later, and programs and threads that it starts, are in there too.
  public static void in(Body body) throws Exception {
    LabCommand.demand();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .name("loopback-network")
            .start(
                () -> {
                  try {
                    LabCommand.leaveNetwork();
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
  public static void withPingSockets(Body body) throws Exception {
    in(
        () -> {
          run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
          body.run();
        });
  }

  /// Runs a program to its end, in the network of this thread.
  ///
  /// @return what it wrote
  /// @throws IllegalStateException if it fails
  public static String run(String... command) {
    List<String> inside = new ArrayList<>(List.of("nsenter", "--net=" + LabCommand.network()));
    inside.addAll(List.of(command));
    return LabCommand.run(inside);
  }
}
