package dev.rollcall.server.time;

import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Work that is repeated until Rollcall stops, on a platform thread of its own: its timer also
/// works while all carriers of virtual threads are busy.
///
/// No failure ends it. A failure is logged once, until the work succeeds or fails in another way;
/// one whose cause is outside once for all loops: see [LoopFailures].
public final class BackgroundLoop implements AutoCloseable {
  /// What is repeated.
  @FunctionalInterface
  public interface Work {
    /// Does the work once.
    ///
    /// @return how long to wait for the next round, unless [#wake] is called earlier
    Duration round() throws InterruptedException;
  }

  private static final Logger LOG = System.getLogger(BackgroundLoop.class.getName());

  /// Of all loops of this program, as they have one log.
  private static final LoopFailures FAILURES = new LoopFailures(Clock.system());

  /// How long closing waits for the work under way before it interrupts it.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// How long it waits after the interrupt.
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

  private final String description;
  private final Duration afterFailure;
  private final Work work;
  private final Thread thread;
  private final Semaphore wakes = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);

  // Used by the thread only.
  private String fault = "";

  /// @param name of the thread
  /// @param description the work, for the log: `the cleanup of old data`
  /// @param afterFailure how long to wait after a failure
  public BackgroundLoop(String name, String description, Duration afterFailure, Work work) {
    this.description = description;
    this.afterFailure = afterFailure;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /// Starts the thread. Further calls change nothing.
  public synchronized void start() {
    if (thread.getState() == Thread.State.NEW && !isClosing()) {
      thread.start();
    }
  }

  /// Starts the next round at once.
  public void wake() {
    wakes.release();
  }

  /// Whether it is being closed.
  public boolean isClosing() {
    return closing.getCount() == 0;
  }

  /// Waits until it is closed, or for the given time.
  ///
  /// @return whether it is being closed
  public boolean awaitClosing(Duration longest) throws InterruptedException {
    return closing.await(longest.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run() {
    while (!isClosing()) {
      try {
        Duration pause = round();
        if (wakes.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
          wakes.drainPermits();
        }
      } catch (InterruptedException e) {
        // closing; otherwise the next round begins early
      }
    }
  }

  private Duration round() throws InterruptedException {
    try {
      Duration pause = work.round();
      if (!fault.isEmpty()) {
        LOG.log(Level.INFO, "{0} continues", description);
        fault = "";
      }
      FAILURES.succeeded(this).ifPresent(line -> LOG.log(Level.INFO, line));
      return pause;
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      if (!isClosing()) {
        log(e);
      }
      return afterFailure;
    }
  }

  private void log(Throwable e) {
    try {
      switch (e) {
        case OutsideFailure outside -> waits(outside.reason());
        case UncheckedIOException file -> waits(String.valueOf(file.getMessage()));
        default -> fails(e);
      }
    } catch (Throwable noRoom) {
      // No memory or no stack is left to log it.
    }
  }

  private void waits(String reason) {
    fault = "";
    FAILURES.failed(this, description, reason).ifPresent(line -> LOG.log(Level.WARNING, line));
  }

  private void fails(Throwable e) {
    String kind = LoopFailures.kind(e.toString());
    if (!kind.equals(fault)) {
      fault = kind;
      FAILURES.forget(this);
      LOG.log(Level.ERROR, description + " failed in Rollcall itself, and is tried again", e);
    }
  }

  /// Stops. Waits for the work under way, for six seconds at most.
  @Override
  public void close() {
    close(PATIENCE);
  }

  /// Stops. Interrupts the work under way if it takes longer than that.
  public void close(Duration patience) {
    closing.countDown();
    wake();
    synchronized (this) {
      if (thread.getState() == Thread.State.NEW) {
        return; // and never starts
      }
    }
    try {
      if (patience.isZero() || !thread.join(patience)) {
        thread.interrupt();
        if (!thread.join(LAST_PATIENCE)) {
          LOG.log(Level.WARNING, "{0} did not stop", description);
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    } finally {
      FAILURES.forget(this);
    }
  }
}
