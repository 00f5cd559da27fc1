package dev.rollcall.server.monitor;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Errors of Rollcall itself that may come with every check, on their way to the log: one of each
/// kind in ten minutes, with its stack trace and how many there were since the last.
final class OwnErrors {
  private static final Logger LOG = System.getLogger(OwnErrors.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(10);
  private static final int MOST_KINDS = 100;

  private final Clock clock;
  private final Map<String, Told> kinds = new HashMap<>();

  /// When one of a kind was last told, and how many came since.
  private record Told(Duration at, long since) {}

  OwnErrors(Clock clock) {
    this.clock = clock;
  }

  /// @param where what failed
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

  /// How many there are to tell of; none where it is too early.
  private synchronized long due(String kind) {
    Told told = kinds.get(kind);
    if (told != null && clock.monotonic().minus(told.at()).compareTo(EVERY) < 0) {
      kinds.put(kind, new Told(told.at(), told.since() + 1));
      return 0;
    }
    if (told == null && kinds.size() >= MOST_KINDS) {
      kinds.clear();
    }
    kinds.put(kind, new Told(clock.monotonic(), 0));
    return told == null ? 1 : told.since() + 1;
  }

  private static String kind(Throwable error) {
    StackTraceElement[] trace = error.getStackTrace();
    return error.getClass().getName() + (trace.length == 0 ? "" : " " + trace[0]);
  }
}
