package dev.rollcall.server.monitor.check;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Limits how many checks of one host and port run at once. So a slow host delays only its own
/// checks.
public final class HostLimit {
  private final int each;
  private final ConcurrentHashMap<String, Places> hosts = new ConcurrentHashMap<>();

  /// The places of one host, and how many checks hold a place or wait for one. If none does, the
  /// entry is removed.
  private static final class Places {
    private final Semaphore free;
    private int interested;

    private Places(int each) {
      free = new Semaphore(each, true);
    }
  }

  /// @param each how many checks of one host and port may run at once
  public HostLimit(int each) {
    this.each = each;
  }

  /// Waits for a place at `host`, first come first served.
  ///
  /// @return whether there was one within `patience`; then call [#leave]
  boolean enter(String host, Duration patience) throws InterruptedException {
    Places places =
        hosts.compute(
            host,
            (_, known) -> {
              Places these = known == null ? new Places(each) : known;
              these.interested++;
              return these;
            });
    boolean entered = false;
    try {
      entered = places.free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!entered) {
        forget(host);
      }
    }
    return entered;
  }

  /// Gives a place back.
  void leave(String host) {
    Places places = hosts.get(host);
    if (places == null) {
      throw new IllegalStateException("no check has a place at " + host);
    }
    places.free.release();
    forget(host);
  }

  private void forget(String host) {
    hosts.computeIfPresent(host, (_, places) -> --places.interested == 0 ? null : places);
  }

  int known() {
    return hosts.size();
  }
}
