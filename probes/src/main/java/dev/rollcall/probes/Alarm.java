package dev.rollcall.probes;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Interrupts the thread that made it once a time has passed, unless it is closed before: for
/// libraries that wait for as long as their own settings say.
///
/// It is set off by a thread of the JDK's own, so it rings also where no virtual thread gets a
/// turn.
final class Alarm implements AutoCloseable {
  private final Thread waiting = Thread.currentThread();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private boolean closed;
  private boolean rang;

  @SuppressWarnings("FutureReturnValueIgnored") // it is for its effect
  Alarm(Duration time) {
    over.orTimeout(time.toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete(
            (nothing, late) -> {
              if (late != null) {
                ring();
              }
            });
  }

  private synchronized void ring() {
    if (!closed) {
      rang = true;
      waiting.interrupt();
    }
  }

  synchronized boolean rang() {
    return rang;
  }

  /// Takes back what it did to the thread.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (rang) {
        Thread.interrupted();
      }
    }
    over.complete(null);
  }
}
