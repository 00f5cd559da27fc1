package dev.rollcall.probe;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// One check of one probe on its thread, from its start until it has really ended, which may be
/// after its result is settled: at its deadline it is interrupted and has failed, whatever it does.
final class Flight implements Runnable {
  private static final String LATE = "prober: context deadline exceeded";

  private final Slot slot;
  private final Attempt attempt;
  private final Thread thread;
  private volatile @Nullable ProbeResult result;
  private volatile boolean late;

  Flight(Slot slot, Attempt attempt, ThreadFactory threads) {
    this.slot = slot;
    this.attempt = attempt;
    this.thread = threads.newThread(this);
  }

  /// Starts the check. Where no thread can be had, that is its result.
  void start() {
    try {
      thread.start();
    } catch (RuntimeException | Error e) {
      end(OneLine.why(e));
    }
  }

  @Override
  public void run() {
    String why = null;
    try {
      slot.probe().check(attempt);
    } catch (Throwable e) { // also errors: a library that is missing is what is wrong then
      why = OneLine.why(e);
    }
    end(why);
  }

  private void end(@Nullable String why) {
    Duration took = attempt.elapsed();
    slot.leave(this); // before others learn of the end, so that their next call starts anew
    settle(
        why == null
            ? ProbeResult.returned(slot.name(), attempt, took)
            : ProbeResult.threw(slot.name(), why, attempt, took));
  }

  private synchronized void settle(ProbeResult found) {
    if (result == null) {
      result = found;
    }
    notifyAll();
  }

  /// Waits for the result, until the deadline at most.
  ProbeResult await() throws InterruptedException {
    ProbeResult found = result;
    return found != null ? found : awaitSlowly();
  }

  private synchronized ProbeResult awaitSlowly() throws InterruptedException {
    ProbeResult found = result;
    while (found == null) {
      Duration left = attempt.remaining();
      if (left.isZero()) {
        found = ProbeResult.failed(slot.name(), LATE, attempt.elapsed());
        result = found;
        late = true;
        thread.interrupt();
      } else {
        wait(left.toMillis() + 1);
        found = result;
      }
    }
    return found;
  }

  /// Whether it was given up at its deadline; if its place still holds it, it has not ended since.
  boolean isLate() {
    return late;
  }

  boolean endsWithin(Duration grace) throws InterruptedException {
    return thread.join(grace);
  }

  /// The result of a check that cannot start because this one has not ended.
  ProbeResult leftBehind(Duration waited) {
    return ProbeResult.failed(
        slot.name(), LATE + ": an earlier check of it has not ended yet", waited);
  }
}
