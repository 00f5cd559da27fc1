package dev.rollcall.server.group;

import dev.rollcall.server.signal.Member;
import dev.rollcall.server.web.Formats;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import org.jdbi.v3.core.Handle;

/// How a group stands, for those who look.
///
/// @param day its uptime of the last day in percent; empty if nothing is known
/// @param month that of the last 30 days
record GroupReport(Evaluation evaluation, OptionalDouble day, OptionalDouble month) {
  private static final Duration LONG = Duration.ofDays(30);
  private static final Duration SHORT = Duration.ofDays(1);
  private static final int MOST_MEMBERS = 100;

  static GroupReport of(Handle handle, Evaluation evaluation, Instant now) {
    List<GroupTable.Event> events =
        GroupTable.events(handle, evaluation.group().id(), now.minus(LONG));
    return new GroupReport(
        evaluation,
        Uptime.of(events, now.minus(SHORT), now),
        Uptime.of(events, now.minus(LONG), now));
  }

  Group group() {
    return evaluation.group();
  }

  /// The members, those that are down first, and not more than can be read.
  List<Member> members() {
    return evaluation.members().stream()
        .sorted(
            Comparator.comparing((Member member) -> member.state() != Member.State.DOWN)
                .thenComparing(member -> member.subject().name()))
        .limit(MOST_MEMBERS)
        .toList();
  }

  /// `99.98 %`, or `-` if nothing is known.
  static String percent(OptionalDouble percent) {
    return percent.isPresent() ? Formats.percent(percent.getAsDouble()) : "-";
  }
}
