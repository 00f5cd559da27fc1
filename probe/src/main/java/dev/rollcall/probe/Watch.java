package dev.rollcall.probe;

import java.time.Duration;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Sees to it that runs end at their time, whatever their checks do, and that checks which never
/// end leave the application threads to go on with.
///
/// It is a platform thread, since timers of virtual threads need a carrier: a check that keeps all
/// of those would keep its own end from coming. One for all probers, which looks a few times a
/// second while a run is under way or a check is left behind, and ends a second after the last.
final class Watch implements Runnable {
  static final Watch INSTANCE = new Watch();

  /// What a check that was interrupted has to end by itself, before it counts as one that ignores
  /// it.
  static final Duration GRACE = Duration.ofMillis(100);

  private static final long PERIOD = Duration.ofMillis(50).toNanos();
  private static final long LINGER = Duration.ofSeconds(1).toNanos();

  private final Set<Run> runs = ConcurrentHashMap.newKeySet();
  private final Set<Flight> leftBehind = ConcurrentHashMap.newKeySet();
  private final Carriers carriers = new Carriers();
  private final Witness witness = new Witness();
  private volatile @Nullable Thread thread;
  private volatile long next;

  private Watch() {}

  /// From now on `run` ends at its deadline at the latest.
  void begin(Run run) {
    runs.add(run);
    Thread there = thread;
    if (there == null) {
      appear();
    } else if (Math.min(run.deadline(), System.nanoTime() + PERIOD) - next < 0) {
      LockSupport.unpark(there);
    }
  }

  /// Gives up a check whose run has ended, and looks after it until it has ended too.
  void abandon(Flight flight) {
    flight.giveUp();
    if (flight.isLate() && !flight.hasEnded()) {
      leftBehind.add(flight);
      Thread there = thread;
      if (there == null) {
        appear();
      } else {
        LockSupport.unpark(there);
      }
    }
  }

  /// `run` has ended.
  void end(Run run) {
    runs.remove(run);
  }

  /// It outlives the request that needs it first, and under many requests never ends: so it
  /// inherits neither that one's thread locals nor the class loader of its application, which may
  /// be stopped.
  private synchronized void appear() {
    if (thread == null) {
      Thread made =
          Thread.ofPlatform()
              .daemon()
              .name("prober-watch")
              .inheritInheritableThreadLocals(false)
              .unstarted(this);
      thread = made;
      try {
        made.start();
      } catch (RuntimeException | Error e) {
        thread = null;
        throw e;
      }
    }
  }

  @Override
  public void run() {
    long busy = System.nanoTime();
    while (true) {
      long now = System.nanoTime();
      next = now + 2 * LINGER; // whoever comes while this looks wakes it up again
      long wait = PERIOD;
      try {
        wait = look(now);
      } catch (Throwable e) { // the heap may be full: it is tried again
      }
      if (!idle()) {
        busy = now;
      } else if (now - busy >= LINGER && left()) {
        return;
      }
      next = now + wait;
      LockSupport.parkNanos(this, Math.max(1, next - System.nanoTime()));
    }
  }

  private boolean idle() {
    return runs.isEmpty() && leftBehind.isEmpty() && carriers.lent() == 0;
  }

  /// Ends, unless a run has come meanwhile that took this thread for one that stays.
  private boolean left() {
    thread = null;
    if (idle()) {
      return true;
    }
    synchronized (this) {
      if (thread != null) {
        return true;
      }
      thread = Thread.currentThread();
      return false;
    }
  }

  /// Looks once.
  ///
  /// @return how long to wait for the next look
  private long look(long now) {
    long wait = runs.isEmpty() ? LINGER : PERIOD;
    int under = 0;
    for (Iterator<Run> each = runs.iterator(); each.hasNext(); ) {
      Run run = each.next();
      long left = run.deadline() - now;
      if (left <= 0) {
        run.expire(leftBehind);
        each.remove();
      } else {
        wait = Math.min(wait, left);
        if (now - run.begun() >= PERIOD) {
          under += run.size();
        }
      }
    }
    for (Iterator<Flight> each = leftBehind.iterator(); each.hasNext(); ) {
      Flight flight = each.next();
      if (flight.hasEnded()) {
        each.remove();
        continue;
      }
      under++;
      wait = Math.min(wait, flight.isBusy() ? PERIOD : LINGER);
      long grace = flight.graceLeft(now);
      wait = grace > 0 ? Math.min(wait, grace) : wait;
    }
    lend(now, under);
    return witness.isWaiting() ? Math.min(wait, PERIOD) : wait;
  }

  /// Lends a carrier where none is free and a check may be why, and takes back what there are no
  /// checks for any more.
  ///
  /// @param under how many checks there are that may be why
  private void lend(long now, int under) {
    while (carriers.lent() > under) {
      carriers.giveBack();
    }
    if (under > 0 && witness.waits(now, PERIOD / 2) && mayBeWhy()) {
      if (carriers.lent() < under) {
        carriers.lend();
        witness.callAnew();
      }
      if (carriers.lent() > 0 && carriers.oneSleeps()) {
        witness.call();
      }
    }
  }

  private boolean mayBeWhy() {
    return runs.stream().anyMatch(Run::mayKeepACarrier)
        || leftBehind.stream().anyMatch(Flight::mayKeepACarrier);
  }

  /// A virtual thread that does nothing: where it does not come to that, no carrier is free.
  private static final class Witness implements Runnable {
    /// As many at once fill a queue of the scheduler in which a thousand have been waiting.
    private static final int MOST = 1024;

    private volatile boolean seen = true;
    private long sent;
    private int calls = 1;

    @Override
    public void run() {
      seen = true;
    }

    /// Whether the last one has not been seen yet.
    boolean isWaiting() {
      return !seen;
    }

    /// Whether the last one has been waiting for so long; sends the next one when it has been seen.
    boolean waits(long now, long patience) {
      if (!seen) {
        return now - sent >= patience;
      }
      seen = false;
      sent = now;
      calls = 1;
      Thread.ofVirtual().name("prober-witness").start(this);
      return false;
    }

    /// One more has been lent, which has not been called yet.
    void callAnew() {
      calls = 1;
    }

    /// Calls the carrier that has been lent. The scheduler starts or wakes up one only when a
    /// virtual thread is started that finds the queue of its starter empty, or full: what waited
    /// when the carrier was lent would go on waiting. Hence more are started, each time from a new
    /// thread, which gets another of the queues, and each time twice as many, up to [#MOST]: if the
    /// carrier has not come by then, something else keeps it.
    void call() {
      int count = calls;
      if (count > MOST) {
        return;
      }
      calls = 2 * count;
      Thread.ofPlatform()
          .daemon()
          .name("prober-call")
          .start(
              () -> {
                for (int i = 0; i < count; i++) {
                  Thread.ofVirtual().name("prober-witness").start(this);
                }
              });
    }
  }
}
