package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.heartbeat.ping.HeartbeatSignal;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;

/// Logs one line when a heartbeat of the operator becomes late, fails, is up again or is removed.
///
/// Ten thousand heartbeats may become late at once, and anybody may send removals at any rate.
/// Therefore, after 20 lines in 10 seconds, further lines are only counted. The next line that is
/// logged states their number.
public final class HeartbeatLog {
  private static final Logger LOG = System.getLogger(HeartbeatLog.class.getName());
  private static final int MOST = 20;
  private static final Duration SPAN = Duration.ofSeconds(10);

  private final Clock clock;
  private Duration began = Duration.ZERO;
  private int lines;
  private long omitted;

  public HeartbeatLog(Clock clock) {
    this.clock = clock;
  }

  /// Logs the signal.
  public void changed(Signal signal) {
    if (signal.isReminder() || signal.subject().owner() != Scope.OPERATOR) {
      return; // once is enough, and what accounts have is their own affair
    }
    String name = "heartbeat '" + signal.subject().name() + "'";
    switch (HeartbeatSignal.to(signal)) {
      case LATE -> log(Level.WARNING, () -> name + " is late: no call since " + signal.lastHeard());
      case FAILED -> log(Level.WARNING, () -> name + " failed");
      case UP, NEW -> log(Level.INFO, () -> name + " is up again");
      case PAUSED ->
          log(Level.INFO, () -> name + " was " + signal.from() + " and is no longer expected");
    }
  }

  /// Logs a removal.
  ///
  /// @param by the address of the client that asked for it
  public void removed(HeartbeatName name, String by) {
    if (name.isOfOperator()) {
      log(Level.INFO, () -> "heartbeat '" + name.name() + "' was removed by " + by);
    }
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
