package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PausesTest {
  private final TestClock clock = new TestClock();
  private final Pauses pauses = new Pauses(clock);

  /// Beats as it should, for so many seconds.
  private void live(int seconds) {
    for (int i = 0; i < 4 * seconds; i++) {
      clock.pass(Duration.ofMillis(250));
      pauses.beat();
    }
  }

  private Duration now() {
    return clock.monotonic();
  }

  @Test
  void knowsNoneBeforeItBeats() {
    Duration began = now();
    clock.pass(Duration.ofMinutes(1));
    assertThat(pauses.since(began)).isZero();
  }

  @Test
  void knowsNoneWhileItBeatsInTime() {
    pauses.beat();
    Duration began = now();
    live(5);
    clock.pass(Duration.ofMillis(1_250)); // late, but not by more than a second
    assertThat(pauses.since(began)).isZero();
  }

  @Test
  void knowsAPauseAlsoBeforeItBeatsAgain() {
    pauses.beat();
    live(1);
    Duration began = now();
    clock.pass(Duration.ofSeconds(3));
    assertThat(pauses.since(began)).isEqualTo(Duration.ofSeconds(3));
    pauses.beat();
    live(2);
    assertThat(pauses.since(began)).isEqualTo(Duration.ofSeconds(3));
    assertThat(pauses.since(now())).isZero();
  }

  @Test
  void countsOfAPauseWhatIsAfterTheBeginning() {
    pauses.beat();
    clock.pass(Duration.ofSeconds(1));
    Duration within = now();
    clock.pass(Duration.ofSeconds(2));
    assertThat(pauses.since(within)).isEqualTo(Duration.ofSeconds(2));
    pauses.beat();
    assertThat(pauses.since(within)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void sumsSeveral() {
    pauses.beat();
    Duration began = now();
    clock.pass(Duration.ofSeconds(2));
    pauses.beat();
    live(1);
    clock.pass(Duration.ofSeconds(3));
    pauses.beat();
    assertThat(pauses.since(began)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void forgetsWhatNoCheckCanAskFor() {
    pauses.beat();
    Duration began = now();
    clock.pass(Duration.ofSeconds(2));
    pauses.beat();
    live(11 * 60);
    assertThat(pauses.since(began)).isZero();
  }
}
