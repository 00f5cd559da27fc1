package dev.rollcall.server.time;

import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Work that is done again and again until Rollcall stops, on a platform thread of its own: timers
/// keep time also while all carriers of virtual threads are busy.
///
/// No failure ends it. A failure is logged once, until the work succeeds or fails in another way.
public final class BackgroundLoop implements AutoCloseable {
  /// Does the work once.
  @FunctionalInterface
  public interface Work {
    /// Returns how long to wait until the next time, unless [#wake] is called before.
    Duration round() throws InterruptedException;
  }

  private static final Logger LOG = System.getLogger(BackgroundLoop.class.getName());

  /// How long closing waits for the work under way, and then, once it was interrupted, again.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration LAST_PATIENCE = Duration.ofSeconds(1);

  private final String description;
  private final Duration afterFailure;
  private final Work work;
  private final Thread thread;
  private final Semaphore wakes = new Semaphore(0);
  private final CountDownLatch closing = new CountDownLatch(1);

  // Of the thread.
  private String failure = "";

  /// @param name of the thread
  /// @param description says in the log what the work is: `the cleanup of old data`
  /// @param afterFailure how long to wait after a failure
  public BackgroundLoop(String name, String description, Duration afterFailure, Work work) {
    this.description = description;
    this.afterFailure = afterFailure;
    this.work = work;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  /// Begins. To call it again changes nothing.
  public synchronized void start() {
    if (thread.getState() == Thread.State.NEW && !isClosing()) {
      thread.start();
    }
  }

  /// Has the next round begin at once.
  public void wake() {
    wakes.release();
  }

  /// Whether it has been told to stop.
  public boolean isClosing() {
    return closing.getCount() == 0;
  }

  /// Waits for that long, or until it is told to stop, and returns whether it was.
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
        // closing; or by mistake, and then the next round begins early
      }
    }
  }

  private Duration round() throws InterruptedException {
    try {
      Duration pause = work.round();
      if (!failure.isEmpty()) {
        LOG.log(Level.INFO, "{0} continues", description);
        failure = "";
      }
      return pause;
    } catch (InterruptedException e) {
      throw e;
    } catch (Throwable e) {
      if (!isClosing()) {
        tell(e);
      }
      return afterFailure;
    }
  }

  private void tell(Throwable e) {
    try {
      String kind = e.toString().replaceAll("\\d+", "#"); // those that differ in a number are one
      if (kind.equals(failure)) {
        return;
      }
      failure = kind;
      switch (e) {
        case OutsideFailure outside -> waits(outside.reason());
        case UncheckedIOException file -> waits(String.valueOf(file.getMessage()));
        default ->
            LOG.log(Level.ERROR, description + " failed in Rollcall itself, and is tried again", e);
      }
    } catch (Throwable noRoom) {
      // There is no memory, or no stack, to say it.
    }
  }

  private void waits(String reason) {
    LOG.log(Level.WARNING, description + " waits, and is tried again: " + reason);
  }

  /// Stops. Waits for the work under way, for six seconds at most.
  @Override
  public void close() {
    close(PATIENCE);
  }

  /// Stops. Interrupts the work under way once it has taken so long.
  public void close(Duration patience) {
    closing.countDown();
    wake();
    synchronized (this) {
      if (thread.getState() == Thread.State.NEW) {
        return; // and never begins
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
    }
  }
}
