package dev.rollcall.probe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One run of several probes. It has a virtual thread of its own, so that it ends at its timeout
/// and cancels what is too slow whether or not the callers still wait.
final class Run implements Runnable {
  /// What a check that was interrupted by an earlier run has to end by itself, before it counts as
  /// one that ignores it.
  private static final Duration GRACE = Duration.ofMillis(100);

  private static final ThreadFactory THREADS = Thread.ofVirtual().name("prober").factory();

  private final List<Slot> slots;
  private final Duration timeout;
  private final AtomicReference<@Nullable Run> current;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable Report report;

  /// @param current where this run is found by others until it has ended
  Run(List<Slot> slots, Duration timeout, AtomicReference<@Nullable Run> current) {
    this.slots = slots;
    this.timeout = timeout;
    this.current = current;
  }

  /// A run that nobody shares.
  static Run start(List<Slot> slots, Duration timeout) {
    Run run = new Run(slots, timeout, new AtomicReference<>());
    run.start();
    return run;
  }

  void start() {
    try {
      THREADS.newThread(this).start();
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    }
  }

  @Override
  public void run() {
    try {
      report = checked();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody knows this thread", e);
    } finally {
      end();
    }
  }

  private void end() {
    current.compareAndSet(this, null);
    done.countDown();
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing but speed depends on the order
  private Report checked() throws InterruptedException {
    Attempt whole = Attempt.within(timeout);
    @Nullable Flight[] flights = new @Nullable Flight[slots.size()];
    for (int i = 0; i < flights.length; i++) {
      Flight flight = slots.get(i).flight(timeout);
      flights[i] = flight.isLate() ? null : flight;
    }
    // checks that return at once have done so by the time this thread's turn comes again, which
    // saves setting an alarm
    Thread.yield();
    ProbeResult[] results = new ProbeResult[flights.length];
    for (int i = 0; i < flights.length; i++) {
      Flight flight = flights[i];
      results[i] = flight == null ? afterALateOne(slots.get(i), whole) : flight.await();
    }
    return new Report(List.of(results));
  }

  private static ProbeResult afterALateOne(Slot slot, Attempt whole) throws InterruptedException {
    Flight flight = slot.flight(whole.remaining());
    if (flight.isLate() && flight.endsWithin(GRACE)) {
      flight = slot.flight(whole.remaining());
    }
    return flight.isLate() ? flight.leftBehind(whole.elapsed()) : flight.await();
  }

  /// Waits for its end.
  Report await() throws InterruptedException {
    done.await();
    Report made = report;
    if (made == null) {
      throw new IllegalStateException("the run of the probes broke off: see its error above");
    }
    return made;
  }
}
