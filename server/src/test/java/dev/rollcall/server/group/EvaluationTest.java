package dev.rollcall.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What follows for a group, and how that is told.
class EvaluationTest {
  /// Members as `NAME STATE`, in this order.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all    | b up, a unknown              | 1 of 2 up, 2 needed",
        "any    | b down, a down               | 0 of 2 up, 1 needed; down: a, b",
        "2 of 3 | b down, a up, c unknown      | 1 of 3 up, 2 needed; down: b",
        "all    | e down, d down, c down, b down, a down"
            + " | 0 of 5 up, 5 needed; down: a, b, c, d, e",
        "all    | a up, g down, f down, e down, d down, c down, b down"
            + " | 1 of 7 up, 7 needed; down: b, c, d, e, f and 1 more",
      })
  void theCauseCountsTheMembersAndNamesTheFirstThatAreDown(
      String rule, String members, String cause) {
    assertThat(evaluation(rule, members, "", "up", "up").cause()).isEqualTo(cause);
  }

  @ParameterizedTest
  @CsvSource({"down, UNKNOWN", "up, UP", "unknown, UNKNOWN"})
  void onlyWhatIsDownMayBeSoBehindSomething(String state, Member.State expected) {
    assertThat(evaluation("all", "a " + state, "a", "up", "up").state()).isEqualTo(expected);
  }

  /// What the group was, what it was when that was certain last, and what it is now.
  @ParameterizedTest
  @CsvSource({
    "up,      up,   up,      false, false",
    "up,      up,   down,    true,  true",
    "up,      up,   unknown, true,  false",
    "down,    down, down,    false, false",
    "down,    down, up,      true,  true",
    "down,    down, unknown, true,  false",
    "unknown, '',   unknown, false, false",
    "unknown, '',   up,      true,  false",
    "unknown, '',   down,    true,  true",
    "unknown, up,   up,      true,  false",
    "unknown, up,   down,    true,  true",
    "unknown, down, down,    true,  false",
    "unknown, down, up,      true,  true",
    "down,    '',   down,    true,  true",
  })
  void aSignalSaysThatItsIncidentBeginsOrEnds(
      String was, String confirmed, String is, boolean isNew, boolean isSignal) {
    Evaluation evaluation = evaluation("all", "a " + is, "", was, confirmed);
    assertThat(evaluation.isNew()).isEqualTo(isNew);
    assertThat(evaluation.isSignal()).isEqualTo(isSignal);
  }

  private static Evaluation evaluation(
      String rule, String members, String unreachable, String was, String confirmed) {
    GroupDefinition definition =
        new GroupDefinition("Shop", GroupRule.of(rule).orElseThrow(), AlertKeys.NONE);
    Group group =
        new Group(
            1,
            definition,
            state(was),
            Instant.EPOCH,
            Optional.of(confirmed).filter(one -> !one.isEmpty()).map(EvaluationTest::state));
    List<Member> all =
        List.of(members.split(", ")).stream().map(one -> member(one.split(" "))).toList();
    return Evaluation.of(group, all, subject -> subject.name().equals(unreachable));
  }

  private static Member member(String... nameAndState) {
    Subject subject = new Subject(Subject.Type.SERVICE, 1, 0, nameAndState[0]);
    return new Member(subject, state(nameAndState[1]));
  }

  private static Member.State state(String word) {
    return Member.State.CODEC.find(word).orElseThrow();
  }
}
