package dev.rollcall.icmp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// The clocks of a pinger or tracer, which a test sets: the kernel's stamps keep to the real one.
final class SettableClock implements PingClock {
  private final AtomicLong ahead = new AtomicLong();
  private final AtomicLong later = new AtomicLong();
  private volatile CountDownLatch hold = new CountDownLatch(0);

  /// Sets the wall clock forward or back.
  void step(long nanos) {
    ahead.addAndGet(nanos);
  }

  /// Lets time pass.
  void pass(long nanos) {
    later.addAndGet(nanos);
  }

  /// Holds up whoever reads the wall clock, until `until` is open.
  void hold(CountDownLatch until) {
    hold = until;
  }

  @Override
  public long real() {
    try {
      hold.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return SYSTEM.real() + ahead.get() + later.get();
  }

  @Override
  public long monotonic() {
    return SYSTEM.monotonic() + later.get();
  }
}
