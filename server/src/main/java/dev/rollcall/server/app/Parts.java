package dev.rollcall.server.app;

import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// The parts of a running process. They are closed in reverse order, within a limited time.
///
/// Used by one thread only, but for [#fail]. A part that fails or hangs when it is closed does not
/// prevent the others from being closed.
final class Parts implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Parts.class.getName());

  private final Deque<Part> open = new ArrayDeque<>();
  private final Duration patience;
  private boolean orderly = true;
  private Optional<StorageException> failure = Optional.empty();
  private Optional<Thread> waiting = Optional.empty();

  private record Part(String name, AutoCloseable closeable) {}

  /// @param patience how long closing all parts may take
  Parts(Duration patience) {
    this.patience = patience;
  }

  /// Adds a part that has just been opened, and returns it.
  <T extends AutoCloseable> T add(String name, T part) {
    open.push(new Part(name, part));
    return part;
  }

  /// A part cannot work until somebody changes the settings or repairs something: the process ends.
  /// Of several failures the first counts. Any thread may call this.
  synchronized void fail(StorageException why) {
    failure = failure.or(() -> Optional.of(why));
    waiting.ifPresent(Thread::interrupt);
  }

  /// Waits until the process has to stop.
  ///
  /// @throws StorageException if a part cannot work
  void await(Ports.Wish stop, Ports.Open ports) throws InterruptedException {
    beginToWait();
    try {
      stop.await(ports);
    } catch (InterruptedException e) {
      checkFailure();
      throw e;
    } finally {
      endToWait();
    }
  }

  private synchronized void beginToWait() {
    checkFailure();
    waiting = Optional.of(Thread.currentThread());
  }

  private synchronized void endToWait() {
    waiting = Optional.empty();
    if (failure.isPresent()) {
      boolean _ = Thread.interrupted(); // of that failure
    }
  }

  private synchronized void checkFailure() {
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /// Whether all parts so far were closed in time and without an error.
  boolean orderly() {
    return orderly;
  }

  @Override
  public void close() {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!open.isEmpty()) {
      Part part = open.pop();
      Thread closing = Thread.ofVirtual().name("close " + part.name).start(() -> close(part));
      try {
        // Half of the rest if there are others: a part that hangs leaves time for them.
        long left = Math.max(0, deadline - System.nanoTime());
        if (!closing.join(Duration.ofNanos(open.isEmpty() ? left : left / 2))) {
          orderly = false;
          LOG.log(Level.WARNING, "the stop waits no longer for this part: {0}", part.name);
        }
      } catch (InterruptedException e) {
        // closing continues without waiting; the caller gets the interrupt
        deadline = System.nanoTime();
        orderly = false;
        Thread.currentThread().interrupt();
      }
    }
  }

  private void close(Part part) {
    try {
      part.closeable.close();
    } catch (Exception | LinkageError e) {
      orderly = false;
      LOG.log(Level.WARNING, part.name + " failed while closing", e);
    }
  }
}
