package dev.rollcall.server.app;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// The parts of a running process, closed in the reverse of the order in which they were opened,
/// within a time.
///
/// Belongs to the thread that opens and closes. One part that fails or hangs while closing keeps no
/// other from being closed while there is time.
final class Parts implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Parts.class.getName());

  private final Deque<Part> open = new ArrayDeque<>();
  private final Duration patience;
  private boolean orderly = true;

  private record Part(String name, AutoCloseable closeable) {}

  /// @param patience how long closing may take as a whole
  Parts(Duration patience) {
    this.patience = patience;
  }

  /// Takes over a part that has just been opened, and hands it back.
  <T extends AutoCloseable> T add(String name, T part) {
    open.push(new Part(name, part));
    return part;
  }

  /// Whether everything closed so far did so in time and without an error.
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
        // Half of what is left, as long as others are to come: one that hangs does not take it all,
        // and one that has work to end has time for it, however many there are.
        long left = Math.max(0, deadline - System.nanoTime());
        if (!closing.join(Duration.ofNanos(open.isEmpty() ? left : left / 2))) {
          orderly = false;
          LOG.log(Level.WARNING, "{0} did not close in time and is left as it is", part.name);
        }
      } catch (InterruptedException e) {
        // Closing goes on, with no patience left; the interrupt is for whoever called.
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
