package dev.rollcall.server.incident;

import java.time.Duration;
import java.util.Optional;

/// When somebody monitored since the last stamp of this process, as far as it knows: it did so
/// itself while the database was away, or another process told so. All times are on its monotonic
/// clock.
///
/// If this process did not for a while in between, as it stood still or was not running, that is a
/// gap. It is forgotten if another process turns out to monitor: that one was there, or knows
/// better.
final class MonitoringGaps {
  private static final Duration NEVER = Duration.ofDays(-100_000);

  private final Duration longest;
  private Optional<Duration> stamped = Optional.empty();
  private Optional<Duration> last = Optional.empty();
  private Optional<Gap> gap = Optional.empty();

  /// A time in which this process did not monitor.
  record Gap(Duration from, Duration to) {
    /// How long ago it began and ended.
    Gap ago(Duration now) {
      return new Gap(now.minus(from), now.minus(to));
    }

    private Duration length() {
      return to.minus(from);
    }
  }

  /// @param longest a longer time is a gap
  MonitoringGaps(Duration longest) {
    this.longest = longest;
  }

  /// This process has stamped.
  synchronized void stamp(Duration now) {
    stamped = Optional.of(now);
    last = stamped;
    gap = Optional.empty();
  }

  /// This process monitors without the database.
  synchronized void monitors(Duration now) {
    Gap fresh = new Gap(last.orElse(NEVER), now);
    if (fresh.length().compareTo(gap.map(Gap::length).orElse(longest)) > 0) {
      gap = Optional.of(fresh);
    }
    last = Optional.of(now);
  }

  /// Another process monitors without the database.
  synchronized void anotherMonitors(Duration now) {
    gap = Optional.empty();
    last = Optional.of(now);
  }

  /// When somebody last monitored; empty if nobody has.
  synchronized Optional<Duration> last() {
    return last;
  }

  /// The longest gap since the last stamp.
  synchronized Optional<Gap> gap() {
    return gap;
  }

  synchronized boolean isStamped() {
    return stamped.isPresent();
  }
}
