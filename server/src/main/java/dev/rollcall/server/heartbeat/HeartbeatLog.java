package dev.rollcall.server.heartbeat;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/// Logs one line when a heartbeat becomes late, fails, is up again or is removed.
///
/// Ten thousand heartbeats may become late at once, and anybody may send removals at any rate.
/// Therefore, after 20 lines in 10 seconds, further lines are only counted. The next line that is
/// logged states their number.
final class HeartbeatLog {
  private static final Logger LOG = System.getLogger(HeartbeatLog.class.getName());
  private static final int MOST = 20;
  private static final Duration SPAN = Duration.ofSeconds(10);

  private final Clock clock;
  private Duration began = Duration.ZERO;
  private int lines;
  private long omitted;

  HeartbeatLog(Clock clock) {
    this.clock = clock;
  }

  /// Logs the notice.
  void told(HeartbeatNotice notice) {
    String name = "heartbeat '" + notice.name() + "'";
    switch (notice.kind()) {
      case LATE ->
          log(Level.WARNING, () -> name + " is late: its last call was at " + notice.last());
      case FAILED -> log(Level.WARNING, () -> name + " failed");
      case RECOVERED -> log(Level.INFO, () -> name + " is up again");
      case DISMISSED -> log(Level.INFO, () -> name + " was late and is no longer expected");
      case STILL_LATE -> {} // once is enough
    }
  }

  /// Logs a removal.
  ///
  /// @param by the address of the client that asked for it
  void removed(String name, String by) {
    log(Level.INFO, () -> "heartbeat '" + name + "' was removed by " + by);
  }

  private void log(Level level, Supplier<String> line) {
    long others = others();
    if (others >= 0) {
      LOG.log(
          level,
          () ->
              line.get()
                  + (others == 0
                      ? ""
                      : " (and " + others + " more lines before this were left out)"));
    }
  }

  /// The number of lines left out before this one; -1 if this one is left out too.
  private synchronized long others() {
    Duration now = clock.monotonic();
    if (now.minus(began).compareTo(SPAN) >= 0) {
      began = now;
      lines = 0;
    }
    if (lines++ >= MOST) {
      omitted++;
      return -1;
    }
    long others = omitted;
    omitted = 0;
    return others;
  }
}
