package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// How much of a span of time a group was up, in percent of the time in which that was known. Times
/// in which it was unreachable behind something it depends on do not count. Empty if nothing
/// counts.
///
/// @param percent of all of the span
/// @param withoutMaintenance the same without the time of maintenance
/// @param maintained whether maintenance covered it for a part of the span
record Uptime(OptionalDouble percent, OptionalDouble withoutMaintenance, boolean maintained) {
  /// The uptime within `[from, to)`.
  ///
  /// @param events of the group, without overlaps
  /// @param unreachable may overlap, and reach out of the span
  /// @param maintenance likewise
  static Uptime of(
      List<GroupTable.Event> events,
      List<Span> unreachable,
      List<Span> maintenance,
      Instant from,
      Instant to) {
    List<Span> either = Stream.concat(unreachable.stream(), maintenance.stream()).toList();
    return new Uptime(
        percent(events, Span.merged(unreachable, from, to), from, to),
        percent(events, Span.merged(either, from, to), from, to),
        !Span.merged(maintenance, from, to).isEmpty());
  }

  private static OptionalDouble percent(
      List<GroupTable.Event> events, List<Span> left, Instant from, Instant to) {
    Duration up = Duration.ZERO;
    Duration known = Duration.ZERO;
    for (GroupTable.Event event : events) {
      Instant begin = event.from().isBefore(from) ? from : event.from();
      Instant end = event.to().filter(to::isAfter).orElse(to);
      if (begin.isBefore(end)) {
        Duration length = Duration.between(begin, end).minus(length(left, begin, end));
        known = known.plus(length);
        up = event.state() == Member.State.UP ? up.plus(length) : up;
      }
    }
    return known.isZero()
        ? OptionalDouble.empty()
        : OptionalDouble.of(100.0 * up.toMillis() / known.toMillis());
  }

  /// How much of `[from, to)` these spans cover.
  private static Duration length(List<Span> merged, Instant from, Instant to) {
    return Span.merged(merged, from, to).stream()
        .map(span -> Duration.between(span.from(), span.to()))
        .reduce(Duration.ZERO, Duration::plus);
  }
}
