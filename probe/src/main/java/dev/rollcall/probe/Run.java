package dev.rollcall.probe;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// One run of several probes. It has a virtual thread of its own, which starts the checks and ends
/// the run with the last of them; at its timeout the [Watch] ends it and cancels what is too slow,
/// whether or not the callers still wait and virtual threads go on.
final class Run implements Runnable {
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("prober").factory();

  private final List<Slot> slots;
  private final Attempt whole;
  private final long begun = System.nanoTime();
  private final AtomicReference<@Nullable Run> current;
  private final AtomicReferenceArray<@Nullable Flight> flights;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile @Nullable Report report;
  private volatile boolean expired;

  /// @param current where this run is found by others until it has ended
  Run(List<Slot> slots, Duration timeout, AtomicReference<@Nullable Run> current) {
    this.slots = slots;
    this.whole = Attempt.within(timeout);
    this.current = current;
    this.flights = new AtomicReferenceArray<>(slots.size());
  }

  /// A run that nobody shares.
  static Run start(List<Slot> slots, Duration timeout) {
    Run run = new Run(slots, timeout, new AtomicReference<>());
    run.start();
    return run;
  }

  void start() {
    try {
      Watch.INSTANCE.begin(this);
      THREADS.newThread(this).start();
    } catch (RuntimeException | Error e) { // no thread or no memory can be had
      try {
        finish(notRun("prober: cannot run checks: " + OneLine.why(e)));
      } finally {
        end();
      }
    }
  }

  private Report notRun(String why) {
    return new Report(
        slots.stream().map(slot -> ProbeResult.failed(slot.name(), why, whole.elapsed())).toList());
  }

  @Override
  public void run() {
    try {
      finish(checked());
    } catch (InterruptedException e) {
      throw new AssertionError("nobody knows this thread", e);
    } catch (Error e) { // no memory, it may be: the watch ends the run at its time
    }
  }

  private synchronized void finish(Report made) {
    if (report == null) {
      report = made;
      end();
    }
  }

  private void end() {
    current.compareAndSet(this, null);
    Watch.INSTANCE.end(this);
    done.countDown();
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing but speed depends on the order
  private Report checked() throws InterruptedException {
    Duration timeout = whole.timeout();
    for (int i = 0; i < flights.length() && !expired; i++) {
      Flight flight = slots.get(i).flight(this, timeout);
      if (!flight.isLate()) {
        take(i, flight);
      }
    }
    // checks that return at once have done so by the time this thread's turn comes again, which
    // saves waiting for each
    Thread.yield();
    ProbeResult[] results = new ProbeResult[flights.length()];
    for (int i = 0; i < results.length; i++) {
      Flight flight = flights.get(i);
      results[i] = flight == null ? afterALateOne(i) : flight.await();
    }
    return new Report(List.of(results));
  }

  private ProbeResult afterALateOne(int place) throws InterruptedException {
    Slot slot = slots.get(place);
    if (expired) {
      return unasked(slot);
    }
    Flight flight = slot.flight(this, whole.remaining());
    if (flight.isLate() && flight.endsInTime() && !expired) {
      flight = slot.flight(this, whole.remaining());
    }
    if (flight.isLate()) {
      return flight.leftBehind(whole.elapsed());
    }
    take(place, flight);
    return flight.await();
  }

  /// Puts a check into its place. The run may expire at the same moment: then nobody else gives up
  /// what it has started, and a check that uses the processor would do so for ever.
  private void take(int place, Flight flight) {
    flights.set(place, flight);
    if (expired && flight.isOf(this)) {
      Watch.INSTANCE.abandon(flight);
    }
  }

  /// Ends the run at its deadline: what has not ended has failed.
  ///
  /// @param leftBehind takes the checks that have not ended
  void expire(Set<Flight> leftBehind) {
    expired = true; // before it looks: what it does not see is given up by who starts it
    ProbeResult[] results = new ProbeResult[flights.length()];
    for (int i = 0; i < results.length; i++) {
      Flight flight = flights.get(i);
      results[i] = flight == null ? unasked(slots.get(i)) : flight.giveUp();
      if (flight != null && flight.isLate() && !flight.hasEnded()) {
        leftBehind.add(flight);
      }
    }
    finish(new Report(List.of(results)));
  }

  private ProbeResult unasked(Slot slot) {
    Flight flight = slot.current();
    return flight != null && flight.isLate()
        ? flight.leftBehind(whole.elapsed())
        : Flight.tooLate(slot, whole.elapsed());
  }

  /// When it began, on the clock of [System#nanoTime()].
  long begun() {
    return begun;
  }

  /// When it ends at the latest, on the same clock.
  long deadline() {
    return begun + whole.timeout().toNanos();
  }

  int size() {
    return flights.length();
  }

  /// Whether one of its checks may keep a carrier, or has not come to start.
  boolean mayKeepACarrier() {
    for (int i = 0; i < flights.length(); i++) {
      Flight flight = flights.get(i);
      if (flight == null || flight.mayKeepACarrier()) {
        return true;
      }
    }
    return false;
  }

  /// Waits for its end.
  Report await() throws InterruptedException {
    done.await();
    Report made = report;
    if (made == null) {
      throw new IllegalStateException("the run of the probes did not start: see its error above");
    }
    return made;
  }
}
