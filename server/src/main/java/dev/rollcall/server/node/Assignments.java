package dev.rollcall.server.node;

import dev.rollcall.server.httpclient.NoAnswer;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Says what to measure next.
public interface Assignments {
  /// What to measure now.
  ///
  /// @param targets at most as many as were asked for; may be empty
  /// @param within how long they belong to this node alone; empty: always
  /// @param pause how long to wait before the next request, if there are no targets
  /// @param number what [#done] reports; 0: nothing
  record Lease(List<IPAddress> targets, Optional<Duration> within, Duration pause, long number) {
    public Lease {
      targets = List.copyOf(targets);
    }

    /// The same with other targets.
    Lease withTargets(List<IPAddress> others) {
      return new Lease(others, within, pause, number);
    }

    /// The same with another pause.
    Lease withPause(Duration other) {
      return new Lease(targets, within, other, number);
    }

    /// A lease without targets.
    public static Lease none(Duration pause) {
      return new Lease(List.of(), Optional.empty(), pause, 0);
    }
  }

  /// Asks for targets.
  ///
  /// @throws NoAnswer if there is no answer that can be used
  Lease next(int limit) throws InterruptedException;

  /// Says that the targets of the lease are measured, and their results are safe. Other leases may
  /// have been asked for since, and may be asked for by another thread meanwhile.
  void done(Lease lease);

  /// Says that these targets of the lease are not measured here. To be called before [#done].
  default void refuse(Lease lease, List<IPAddress> targets) {}

  /// Why some targets are missing, although there are others; empty if none are. Any thread may
  /// ask.
  default Optional<String> problem() {
    return Optional.empty();
  }
}
