package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/// How much of a time a group was up, in percent. Times in which that was unknown do not count.
final class Uptime {
  private Uptime() {}

  /// The percentage within `[from, to)`.
  ///
  /// @param events of the group, without overlaps
  /// @return 0 to 100; empty if nothing is known
  static OptionalDouble of(List<GroupTable.Event> events, Instant from, Instant to) {
    Duration up = Duration.ZERO;
    Duration known = Duration.ZERO;
    for (GroupTable.Event event : events) {
      Instant begin = event.from().isBefore(from) ? from : event.from();
      Instant end = event.to().filter(to::isAfter).orElse(to);
      if (begin.isBefore(end)) {
        Duration length = Duration.between(begin, end);
        known = known.plus(length);
        up = event.state() == Member.State.UP ? up.plus(length) : up;
      }
    }
    return known.isZero()
        ? OptionalDouble.empty()
        : OptionalDouble.of(100.0 * up.toMillis() / known.toMillis());
  }
}
