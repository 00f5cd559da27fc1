package dev.rollcall.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What follows from the states of members.
class GroupRuleTest {
  /// Members by the first letter of their states.
  @ParameterizedTest
  @CsvSource({
    "any, u, UP",
    "any, ddu, UP",
    "any, ud?, UP",
    "any, dd, DOWN",
    "any, dd?, UNKNOWN",
    "any, ?, UNKNOWN",
    "any, '', UNKNOWN",
    "all, uuu, UP",
    "all, uud, DOWN",
    "all, ?ud, DOWN",
    "all, uu?, UNKNOWN",
    "all, '', UNKNOWN",
    "2 of 3, uuu, UP",
    "2 of 3, uud, UP",
    "2 of 3, uu?, UP",
    "2 of 3, udd, DOWN",
    "2 of 3, ?dd, DOWN",
    "2 of 3, ud?, UNKNOWN",
    "2 of 3, d??, UNKNOWN",
    "2 of 3, uuddd, UP",
    "2 of 3, u, DOWN",
    "2 of 3, '', UNKNOWN",
    "3 of 3, uud, DOWN",
    "1 of 1, u, UP",
  })
  void aRuleGivesAState(String rule, String members, Member.State state) {
    List<Member.State> states =
        members
            .chars()
            .mapToObj(
                each ->
                    switch (each) {
                      case 'u' -> Member.State.UP;
                      case 'd' -> Member.State.DOWN;
                      default -> Member.State.UNKNOWN;
                    })
            .toList();
    GroupRule read = GroupRule.of(rule).orElseThrow();
    assertThat(read.state(states)).isEqualTo(state);
    assertThat(read.state(states.reversed())).isEqualTo(state);
    assertThat(GroupRule.of(read.text())).contains(read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "ANY", "0 of 3", "4 of 3", "2 of", "2of3", "-1 of 3", "2/3"})
  void otherTextsAreNoRules(String text) {
    assertThat(GroupRule.of(text)).isEmpty();
  }

  @Test
  void uptimeIsTheShareOfTheTimeThatIsKnown() {
    Instant from = Instant.parse("2026-11-01T00:00:00Z");
    Instant to = from.plus(Duration.ofHours(10));
    assertThat(uptime(List.of(), List.of(), List.of(), from, to)).isEqualTo("- -");
    List<GroupTable.Event> events =
        List.of(
            event(Member.State.DOWN, from.minusSeconds(9), Optional.of(from)),
            event(Member.State.UP, from.minusSeconds(9), Optional.of(from.plusSeconds(7_200))),
            event(Member.State.DOWN, to.minusSeconds(3_600), Optional.of(to.minusSeconds(1_800))),
            event(Member.State.UP, to.minusSeconds(1_800), Optional.empty()));
    assertThat(uptime(events, List.of(), List.of(), from, to)).isEqualTo("83.33 83.33");
    Span down = new Span(to.minusSeconds(3_600), to.minusSeconds(1_800));
    Span half = new Span(to.minusSeconds(4_000), to.minusSeconds(2_700));
    assertThat(uptime(events, List.of(), List.of(down, half), from, to)).isEqualTo("83.33 100.00");
    assertThat(uptime(events, List.of(half), List.of(down), from, to)).isEqualTo("90.91 100.00");
    assertThat(uptime(events, List.of(), List.of(half), from, to)).isEqualTo("83.33 90.91");
    Span all = new Span(from.minusSeconds(1), to);
    assertThat(uptime(events, List.of(), List.of(all), from, to)).isEqualTo("83.33 -");
    assertThat(uptime(events, List.of(all), List.of(), from, to)).isEqualTo("- -");
  }

  /// With maintenance and without.
  private static String uptime(
      List<GroupTable.Event> events,
      List<Span> unreachable,
      List<Span> maintenance,
      Instant from,
      Instant to) {
    Uptime uptime = Uptime.of(events, unreachable, maintenance, from, to);
    return percent(uptime.percent()) + " " + percent(uptime.withoutMaintenance());
  }

  private static String percent(OptionalDouble percent) {
    return percent.isPresent() ? String.format(Locale.ROOT, "%.2f", percent.getAsDouble()) : "-";
  }

  private static GroupTable.Event event(Member.State state, Instant from, Optional<Instant> to) {
    return new GroupTable.Event(state, from, to);
  }
}
