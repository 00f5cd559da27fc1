package dev.rollcall.probe;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A probe's place in the prober, which holds one check of it at most.
final class Slot {
  private final String name;
  private final Probe probe;
  private final ThreadFactory threads;
  private final AtomicReference<@Nullable Flight> current = new AtomicReference<>();

  Slot(String name, Probe probe) {
    this.name = name;
    this.probe = probe;
    this.threads = Thread.ofVirtual().name("probe " + name).factory();
  }

  String name() {
    return name;
  }

  Probe probe() {
    return probe;
  }

  /// The check that has not ended yet, which may be a late one, or a new one of `starter` that has
  /// `timeout`.
  Flight flight(Run starter, Duration timeout) {
    Flight there = current.get();
    if (there != null) {
      return there;
    }
    Flight mine = new Flight(this, starter, Attempt.within(timeout), threads);
    there = current.compareAndExchange(null, mine);
    if (there != null) {
      return there;
    }
    mine.start();
    return mine;
  }

  /// The check that has not ended yet, if there is one.
  @Nullable Flight current() {
    return current.get();
  }

  void leave(Flight flight) {
    current.compareAndSet(flight, null);
  }
}
