package dev.rollcall.server.heartbeat;

import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/// One line in the log for what becomes of a heartbeat: it goes late, fails, is up again, is
/// removed.
///
/// Ten thousand may go late at once, and strangers may remove as fast as they ask: after twenty
/// lines in ten seconds the others are counted, and told with the first line after.
final class HeartbeatLog {
  private static final Logger LOG = System.getLogger(HeartbeatLog.class.getName());
  private static final int MOST = 20;
  private static final Duration SPAN = Duration.ofSeconds(10);

  private final Clock clock;
  private Duration began = Duration.ZERO;
  private int lines;
  private long untold;

  HeartbeatLog(Clock clock) {
    this.clock = clock;
  }

  /// Somebody is told this.
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

  /// It was removed.
  ///
  /// @param by whoever asked for it
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

  /// How many were left out before this one; -1 where it is left out too.
  private synchronized long others() {
    Duration now = clock.monotonic();
    if (now.minus(began).compareTo(SPAN) >= 0) {
      began = now;
      lines = 0;
    }
    if (lines++ >= MOST) {
      untold++;
      return -1;
    }
    long others = untold;
    untold = 0;
    return others;
  }
}
