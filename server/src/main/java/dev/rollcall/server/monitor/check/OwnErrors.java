package dev.rollcall.server.monitor.check;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Logs errors of Rollcall itself that may come with every check: one of each kind in ten minutes,
/// with its stack trace and how many there were since the last one.
final class OwnErrors {
  private static final Logger LOG = System.getLogger(OwnErrors.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(10);
  private static final int MOST_KINDS = 100;

  private final Clock clock;
  private final Map<String, Logged> kinds = new HashMap<>();

  /// When an error of a kind was last logged, and how many came since.
  private record Logged(Duration at, long since) {}

  OwnErrors(Clock clock) {
    this.clock = clock;
  }

  /// @param where the part that failed
  void tell(String where, Throwable error) {
    long since = due(kind(error));
    if (since == 1) {
      LOG.log(Level.ERROR, where + " failed in Rollcall itself", error);
    } else if (since > 1) {
      LOG.log(
          Level.ERROR,
          where
              + " failed in Rollcall itself, and "
              + (since - 1)
              + " times since the last such line",
          error);
    }
  }

  /// The number of errors to log; 0 if the last one was logged too recently.
  private synchronized long due(String kind) {
    Logged last = kinds.get(kind);
    if (last != null && clock.monotonic().minus(last.at()).compareTo(EVERY) < 0) {
      kinds.put(kind, new Logged(last.at(), last.since() + 1));
      return 0;
    }
    if (last == null && kinds.size() >= MOST_KINDS) {
      kinds.clear();
    }
    kinds.put(kind, new Logged(clock.monotonic(), 0));
    return last == null ? 1 : last.since() + 1;
  }

  private static String kind(Throwable error) {
    StackTraceElement[] trace = error.getStackTrace();
    return error.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
  }
}
