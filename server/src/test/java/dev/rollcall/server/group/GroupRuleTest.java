package dev.rollcall.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.signal.Member;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    assertThat(Uptime.of(List.of(), from, to)).isEmpty();
    List<GroupTable.Event> events =
        List.of(
            event(Member.State.DOWN, from.minusSeconds(9), Optional.of(from)),
            event(Member.State.UP, from.minusSeconds(9), Optional.of(from.plusSeconds(7_200))),
            event(Member.State.DOWN, to.minusSeconds(3_600), Optional.of(to.minusSeconds(1_800))),
            event(Member.State.UP, to.minusSeconds(1_800), Optional.empty()));
    assertThat(Uptime.of(events, from, to)).isEqualTo(OptionalDouble.of(250.0 / 3));
  }

  private static GroupTable.Event event(Member.State state, Instant from, Optional<Instant> to) {
    return new GroupTable.Event(state, from, to);
  }
}
