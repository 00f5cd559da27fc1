package dev.rollcall.server.group;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Span;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.web.Formats;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/// How a group stands, for those who look.
///
/// @param day its uptime of the last day
/// @param month that of the last 30 days
record GroupReport(Evaluation evaluation, Uptime day, Uptime month) {
  private static final Duration LONG = Duration.ofDays(30);
  private static final Duration SHORT = Duration.ofDays(1);
  private static final int MOST_MEMBERS = 100;

  /// From when on [#of] wants events.
  static Instant earliest(Instant now) {
    return now.minus(LONG);
  }

  /// @param events of the group, of the last 30 days
  /// @param spans in which its uptime is counted in another way
  static GroupReport of(
      Evaluation evaluation, List<GroupTable.Event> events, UptimeSpans spans, Instant now) {
    Subject subject = evaluation.group().subject();
    AlertKeys keys = evaluation.group().definition().keys();
    List<Span> unreachable = spans.unreachable(subject, earliest(now), now);
    List<Span> maintenance = spans.maintenance(subject, keys, earliest(now), now);
    return new GroupReport(
        evaluation,
        Uptime.of(events, unreachable, maintenance, now.minus(SHORT), now),
        Uptime.of(events, unreachable, maintenance, now.minus(LONG), now));
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

  /// What a page shows of it, but for how long it has been so.
  List<Object> shown() {
    return List.of(
        group(),
        evaluation.members(),
        percent(day.percent()),
        percent(day.withoutMaintenance()),
        percent(month.percent()),
        percent(month.withoutMaintenance()));
  }

  /// `99.98 %`, or `-` if nothing is known.
  static String percent(OptionalDouble percent) {
    return percent.isPresent() ? Formats.percent(percent.getAsDouble()) : "-";
  }
}
