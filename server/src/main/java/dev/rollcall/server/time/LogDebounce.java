package dev.rollcall.server.time;

import java.time.Duration;

/// When the log says of something that goes wrong, and is well again, that it is so: only once that
/// has lasted for a while. What comes and goes is told once, and no two lines contradict each other
/// within moments.
///
/// Who looks at it calls [#begins] or [#ends] each time.
public final class LogDebounce {
  /// How long it has to be well again before that is told.
  private static final Duration CALM = Duration.ofSeconds(5);

  private final Duration lasting;
  private final Clock clock;
  private boolean wrong;
  private Duration since;
  private boolean told;

  /// @param lasting how long it has to go wrong before that is told; zero: it is told at once
  public LogDebounce(Duration lasting, Clock clock) {
    this.lasting = lasting;
    this.clock = clock;
    this.since = clock.monotonic();
  }

  /// It goes wrong.
  ///
  /// @return whether that is to be told now
  public synchronized boolean begins() {
    if (!lasts(true, lasting) || told) {
      return false;
    }
    told = true;
    return true;
  }

  /// It is well.
  ///
  /// @return whether it is to be told now that it is well again
  public synchronized boolean ends() {
    if (!lasts(false, CALM) || !told) {
      return false;
    }
    told = false;
    return true;
  }

  /// Nobody looks at it any more: its end is not told.
  public synchronized void forget() {
    told = false;
    wrong = false;
  }

  private boolean lasts(boolean now, Duration time) {
    if (now != wrong) {
      wrong = now;
      since = clock.monotonic();
    }
    return clock.monotonic().minus(since).compareTo(time) >= 0;
  }
}
