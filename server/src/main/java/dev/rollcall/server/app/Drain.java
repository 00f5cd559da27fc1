package dev.rollcall.server.app;

import dev.rollcall.server.http.HttpListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The time between the signal to stop and the end, in which `/ready` says that this process stops
/// and requests are still answered: a load balancer sees it, and sends them to another process.
final class Drain {
  private static final System.Logger LOG = System.getLogger(Drain.class.getName());

  private final Duration time;
  private final List<HttpListener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean begun;

  /// @param time how long it takes; zero for a process that nobody watches
  Drain(Duration time) {
    this.time = time;
  }

  /// A port that has to be drained.
  void of(HttpListener listener) {
    listeners.add(listener);
  }

  /// Whether the signal to stop has come.
  boolean hasBegun() {
    return begun;
  }

  /// Begins, and returns when it is over.
  void pass() throws InterruptedException {
    begun = true;
    if (time.isZero()) {
      return;
    }
    LOG.log(
        Level.INFO,
        "stopping in {0} s: /ready says so from now on, and requests are answered until then",
        time.toMillis() / 1000.0);
    listeners.forEach(HttpListener::drain);
    Thread.sleep(time);
  }
}
