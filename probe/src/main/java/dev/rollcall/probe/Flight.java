package dev.rollcall.probe;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// One check of one probe on its thread, from its start until it has really ended, which may be
/// after its result is settled: at its deadline it is interrupted and has failed, whatever it does.
final class Flight implements Runnable {
  private final Slot slot;
  private final Run starter;
  private final Attempt attempt;
  private final Thread thread;
  private final CountDownLatch settled = new CountDownLatch(1);
  private final CountDownLatch graceOver = new CountDownLatch(1);
  private volatile @Nullable ProbeResult result;
  private volatile boolean late;
  private volatile boolean ended;
  private volatile long interrupted;

  Flight(Slot slot, Run starter, Attempt attempt, ThreadFactory threads) {
    this.slot = slot;
    this.starter = starter;
    this.attempt = attempt;
    this.thread = threads.newThread(this);
  }

  /// Whether `run` has started it; other runs may share it.
  boolean isOf(Run run) {
    return starter == run;
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
    try {
      Duration took = attempt.elapsed();
      slot.leave(this); // before others learn of the end, so that their next call starts anew
      settle(found(why, took));
    } finally {
      ended = true;
      graceOver.countDown();
    }
  }

  private ProbeResult found(@Nullable String why, Duration took) {
    try {
      return why == null
          ? ProbeResult.returned(slot.name(), attempt, took)
          : ProbeResult.threw(slot.name(), why, attempt, took);
    } catch (RuntimeException | Error e) { // another thread of the check may still be noting
      return ProbeResult.failed(slot.name(), OneLine.why(e), took);
    }
  }

  private synchronized boolean settle(ProbeResult found) {
    boolean first = result == null;
    if (first) {
      result = found;
      settled.countDown();
    }
    return first;
  }

  /// Waits for the result, which comes at the deadline of some run at the latest.
  ProbeResult await() throws InterruptedException {
    ProbeResult found = result;
    while (found == null) {
      settled.await();
      found = result;
    }
    return found;
  }

  /// Settles the result at the deadline.
  ///
  /// @return what there is now
  ProbeResult giveUp() {
    ProbeResult found = result;
    if (found != null) {
      return found;
    }
    ProbeResult given = tooLate(slot, attempt.elapsed());
    late = true; // before it is settled, so that nobody takes it for one that ended in time
    if (settle(given)) {
      interrupted = System.nanoTime();
      thread.interrupt();
    } else {
      late = false;
    }
    found = result;
    return found == null ? given : found;
  }

  static ProbeResult tooLate(Slot slot, Duration waited) {
    return ProbeResult.failed(slot.name(), Prober.LATE, waited);
  }

  /// Whether it was given up at its deadline; if its place still holds it, it has not ended since.
  boolean isLate() {
    return late;
  }

  boolean hasEnded() {
    return ended;
  }

  /// Whether it runs, or would if it were let: it does not wait for anything.
  boolean isBusy() {
    return !ended && thread.getState() == Thread.State.RUNNABLE;
  }

  /// Whether it may keep a carrier: it is busy, or it waits where a virtual thread cannot leave the
  /// one it is on, below native code or the initializer of a class.
  boolean mayKeepACarrier() {
    if (ended || isBusy()) {
      return !ended;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.isNativeMethod() || frame.getMethodName().equals("<clinit>")) {
        return true;
      }
    }
    return false;
  }

  /// How long an interrupted check still has to end by itself; who waits for that is let go with
  /// the last of it.
  long graceLeft(long now) {
    long left = interrupted + Watch.GRACE.toNanos() - now;
    if (left <= 0) {
      graceOver.countDown();
    }
    return left;
  }

  /// Waits until a late check has ended, or has had time enough to.
  ///
  /// @return whether it has ended
  boolean endsInTime() throws InterruptedException {
    graceOver.await();
    return ended;
  }

  /// The result of a check that cannot start because this one has not ended.
  ProbeResult leftBehind(Duration waited) {
    return ProbeResult.failed(
        slot.name(), Prober.LATE + ": an earlier check of it has not ended yet", waited);
  }
}
