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
      case 's' -> MonitorDatabase.slow(at, 5);
      default -> MonitorDatabase.unknown(at);
    };
  }

  /// Observations a minute apart (`u`p, `d`own, `?`; `/`: nobody looked for a while), and what
  /// stands after each: the confirmed state, and how many observations contradict it.
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
    "2, 1, ud/d,   u0 u1 u0 u1",
    "2, 1, ud/dd,  u0 u1 u0 u1 d0",
    "2, 1, u/dd,   u0 u0 u1 d0",
    "2, 1, udd/u,  u0 u1 d0 d0 u0",
    "1, 2, udu/uu, u0 d0 d1 d0 d1 u0",
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
      streak = next(streak, found.charAt(i), BEGUN.plusSeconds(60L * i), wanted);
      String confirmed = streak.confirmed().map(state -> state.word().substring(0, 1)).orElse("-");
      after.add(confirmed + streak.against());
    }
    assertThat(String.join(" ", after)).isEqualTo(stands);
  }

  private static Streak next(Streak streak, char found, Instant at, Confirmation wanted) {
    return found == '/' ? streak.anew() : streak.after(observation(found, at), wanted);
  }

  /// The same with `s`low ones; after the confirmed state come how many contradict it, and how many
  /// of the last were down.
  @ParameterizedTest(name = "{0} slow or down, {1} up to confirm: {2}")
  @CsvSource({
    "2, 1, s,        -10",
    "2, 1, ss,       -10 s00",
    "2, 1, su,       -10 u00",
    "2, 1, us,       u00 u10",
    "2, 1, uss,      u00 u10 s00",
    "2, 1, usus,     u00 u10 u00 u10",
    "2, 1, us?s,     u00 u10 u10 s00",
    "2, 1, ussu,     u00 u10 s00 u00",
    "2, 1, uss?u,    u00 u10 s00 s00 u00",
    "2, 1, ussd,     u00 u10 s00 s01",
    "2, 1, ussdd,    u00 u10 s00 s01 d00",
    "2, 1, ussdsd,   u00 u10 s00 s01 s00 s01",
    "2, 1, ussds,    u00 u10 s00 s01 s00",
    "2, 1, ussdu,    u00 u10 s00 s01 u00",
    "2, 1, usd,      u00 u10 s01",
    "2, 1, usdd,     u00 u10 s01 d00",
    "2, 1, uds,      u00 u11 s00",
    "2, 1, udsdsd,   u00 u11 s00 s01 s00 s01",
    "2, 1, udd,      u00 u11 d00",
    "2, 1, udds,     u00 u11 d00 u00",
    "2, 1, uddsss,   u00 u11 d00 u00 u10 s00",
    "2, 2, uddss,    u00 u11 d00 d10 u00",
    "2, 2, uddsu,    u00 u11 d00 d10 u00",
    "2, 2, ussuu,    u00 u10 s00 s10 u00",
    "2, 2, ussusuu,  u00 u10 s00 s10 s00 s10 u00",
    "2, 2, ussudu,   u00 u10 s00 s10 s01 s10",
    "2, 1, us/s,     u00 u10 u00 u10",
    "2, 1, ussd/dd,  u00 u10 s00 s01 s00 s01 d00",
    "2, 2, ussu/uu,  u00 u10 s00 s10 s00 s10 u00",
    "1, 1, usd,      u00 s00 d00",
    "3, 1, usddd,    u00 u10 u21 s02 d00",
    "3, 1, uddsd,    u00 u11 u22 s00 s01",
  })
  void slowIsConfirmedAndDownFollowsIt(int worse, int up, String found, String stands) {
    Confirmation wanted = new Confirmation(worse, up, Duration.ofSeconds(10));
    Streak streak = Streak.NONE;
    List<String> after = new ArrayList<>();
    for (int i = 0; i < found.length(); i++) {
      streak = next(streak, found.charAt(i), BEGUN.plusSeconds(60L * i), wanted);
      String confirmed = streak.confirmed().map(state -> state.word().substring(0, 1)).orElse("-");
      after.add(confirmed + streak.against() + streak.downs());
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
    streak = streak.anew().after(observation('d', first.plusSeconds(600)), three);
    assertThat(streak.since()).as("the event goes on").contains(first);
    streak = streak.anew().after(observation('u', first.plusSeconds(660)), three);
    assertThat(streak.since()).isEmpty();
  }

  /// What is slow may be up or down next: each begins a streak of its own.
  @Test
  void aStreakOfTheOtherKindBeginsWithItsFirstObservation() {
    Confirmation two = new Confirmation(2, 2, Duration.ofSeconds(10));
    Streak slow =
        Streak.NONE
            .after(observation('s', BEGUN), two)
            .after(observation('s', BEGUN.plusSeconds(60)), two);
    Instant first = BEGUN.plusSeconds(120);
    Instant second = first.plusSeconds(60);
    assertThat(slow.isPending()).isFalse();
    Streak up = slow.after(observation('u', first), two);
    assertThat(up.since()).contains(first);
    assertThat(up.isPending()).isTrue();
    assertThat(up.after(observation('d', second), two).since()).contains(second);
    Streak down = slow.after(observation('d', first), two);
    assertThat(down.since()).contains(first);
    assertThat(down.isPending()).isTrue();
    assertThat(down.after(observation('u', second), two).since()).contains(second);
  }
}
