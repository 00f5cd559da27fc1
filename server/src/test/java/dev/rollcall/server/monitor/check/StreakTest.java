package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.MonitorDatabase;
import dev.rollcall.server.monitor.definition.Confirmation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreakTest {
  private static final Instant BEGUN = Instant.ofEpochSecond(1_700_000_000);

  private static Observation observation(char found, Instant at) {
    return switch (found) {
      case 'u' -> MonitorDatabase.up(at, 5);
      case 'd' -> MonitorDatabase.down(at, 5);
      default -> MonitorDatabase.unknown(at);
    };
  }

  /// Observations a minute apart (`u`p, `d`own, `?`), and what stands after each: the confirmed
  /// state, and how many observations contradict it.
  @ParameterizedTest(name = "{0} down, {1} up to confirm: {2}")
  @CsvSource({
    "2, 1, u,      u0",
    "2, 1, uu,     u0 u0",
    "2, 1, ud,     u0 u1",
    "2, 1, udd,    u0 u1 d0",
    "2, 1, udud,   u0 u1 u0 u1",
    "2, 1, ud?d,   u0 u1 u1 d0",
    "2, 1, ud?u,   u0 u1 u1 u0",
    "2, 1, uddu,   u0 u1 d0 u0",
    "2, 1, udd?u,  u0 u1 d0 d0 u0",
    "2, 1, d,      -1",
    "2, 1, dd,     -1 d0",
    "2, 1, du,     -1 u0",
    "2, 1, ?,      -0",
    "1, 1, ud,     u0 d0",
    "1, 1, d,      d0",
    "3, 2, udddu,  u0 u1 u2 d0 d1",
    "3, 2, udduddd,u0 u1 u2 u0 u1 u2 d0",
    "1, 2, uduu,   u0 d0 d1 u0",
    "1, 2, udud,   u0 d0 d1 d0",
  })
  void confirmsWhatIsFoundOftenEnoughInARow(int down, int up, String found, String stands) {
    Confirmation wanted = new Confirmation(down, up, Duration.ofSeconds(10));
    Streak streak = Streak.NONE;
    List<String> after = new ArrayList<>();
    for (int i = 0; i < found.length(); i++) {
      streak = streak.after(observation(found.charAt(i), BEGUN.plusSeconds(60L * i)), wanted);
      String confirmed = streak.confirmed().map(state -> state.word().substring(0, 1)).orElse("-");
      after.add(confirmed + streak.against());
    }
    assertThat(String.join(" ", after)).isEqualTo(stands);
  }

  @Test
  void knowsWhenTheFirstObservationAgainstItWas() {
    Streak streak = Streak.NONE.after(observation('u', BEGUN), Confirmation.DEFAULT);
    assertThat(streak.since()).isEmpty();
    Instant first = BEGUN.plusSeconds(60);
    Confirmation three = new Confirmation(3, 1, Duration.ofSeconds(10));
    streak = streak.after(observation('d', first), three);
    streak = streak.after(observation('d', first.plusSeconds(60)), three);
    assertThat(streak.since()).contains(first);
  }
}
