package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.node.ResultReceiver.Outcome;
import dev.rollcall.server.sql.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  @TempDir Path folder;

  private final TestClock clock = new TestClock();
  private final Deque<Outcome> answers = new ArrayDeque<>();
  private final List<String> sent = new ArrayList<>();
  private Spool spool;
  private Delivery delivery;

  @BeforeEach
  void open() {
    spool = Spool.open(folder, 1_000, clock);
    delivery =
        new Delivery(
            "fra1",
            spool,
            (node, batch) -> {
              sent.add(node + " " + batch.results());
              return answers.remove();
            },
            new GrowingPause(Duration.ofSeconds(1), Duration.ofSeconds(60)),
            clock);
  }

  @AfterEach
  void close() {
    delivery.close();
    spool.close();
  }

  private Outcome later(Duration after) {
    return new Outcome.Later(
        "the collector is down", Optional.of(after).filter(Duration::isPositive));
  }

  @Test
  void sendsTheOldestUntilItIsStoredWithPausesThatGrow() throws Exception {
    spool.note(new byte[] {1}, 1);
    spool.note(new byte[] {2}, 2);
    Duration before = Duration.ZERO;
    for (int i = 0; i < 6; i++) {
      answers.add(later(Duration.ZERO));
      Duration pause = delivery.round();
      assertThat(pause).isGreaterThan(before).isLessThan(Duration.ofSeconds(60));
      assertThat(delivery.round()).as("a new batch does not shorten it").isEqualTo(pause);
      clock.pass(pause);
      before = pause;
    }
    assertThat(delivery.problem()).contains("the collector is down");
    answers.add(new Outcome.Stored());
    answers.add(new Outcome.Stored());
    assertThat(delivery.round()).isZero();
    assertThat(delivery.round()).isZero();
    assertThat(delivery.round()).isPositive();
    assertThat(sent).hasSize(8).endsWith("fra1 1", "fra1 2").startsWith("fra1 1", "fra1 1");
    assertThat(delivery.problem()).isEmpty();
    assertThat(delivery.delivered()).isEqualTo(3); // results
    assertThat(spool.content()).isEqualTo(Spool.Content.NOTHING);
  }

  @Test
  void losesNothingWhileTheCollectorIsDownForAnHourAndAsksItRarely() throws Exception {
    int batches = 360;
    Duration over = clock.monotonic().plus(Duration.ofHours(1));
    Duration due = clock.monotonic();
    int noted = 0;
    while (clock.monotonic().compareTo(over) < 0) {
      spool.note(new byte[] {1}, ++noted);
      clock.pass(Duration.ofSeconds(10));
      if (due.compareTo(clock.monotonic()) <= 0) {
        answers.add(later(Duration.ZERO));
        due = clock.monotonic().plus(delivery.round());
      }
    }
    assertThat(noted).isEqualTo(batches);
    assertThat(sent.size()).isBetween(50, 70);
    assertThat(spool.content()).isEqualTo(new Spool.Content(batches, batches, 0, 0));
    sent.clear();
    clock.pass(Duration.ofMinutes(1).plusSeconds(12));
    for (int i = 0; i < batches; i++) {
      answers.add(new Outcome.Stored());
      assertThat(delivery.round()).as("all that waited follows at once").isZero();
    }
    assertThat(sent).hasSize(batches).startsWith("fra1 1", "fra1 2").endsWith("fra1 " + batches);
    assertThat(spool.content()).isEqualTo(Spool.Content.NOTHING);
  }

  @Test
  void waitsAsLongAsTheCollectorAsksAndNotForever() throws Exception {
    spool.note(new byte[] {1}, 1);
    answers.add(later(Duration.ofSeconds(100)));
    assertThat(delivery.round()).isEqualTo(Duration.ofSeconds(100));
    clock.pass(Duration.ofSeconds(99));
    assertThat(delivery.round()).isEqualTo(Duration.ofSeconds(1));
    clock.pass(Duration.ofSeconds(1));
    answers.add(later(Duration.ofDays(400)));
    assertThat(delivery.round()).isEqualTo(Duration.ofHours(1));
    assertThat(sent).hasSize(2);
  }

  @Test
  void putsAsideWhatIsRefusedAndGoesOn() throws Exception {
    spool.note(new byte[] {1}, 10);
    spool.note(new byte[] {2}, 20);
    answers.add(new Outcome.Refused("result 0: ip is missing"));
    answers.add(new Outcome.Stored());
    assertThat(delivery.round()).isZero();
    assertThat(delivery.round()).isZero();
    assertThat(sent).containsExactly("fra1 10", "fra1 20");
    assertThat(spool.content()).isEqualTo(new Spool.Content(0, 1, 0, 10));
    assertThat(delivery.delivered()).isEqualTo(20);
  }

  @Test
  void twoNodesDoNotComeBackAtTheSameMoment() {
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      pauses.add(
          new GrowingPause(Duration.ofSeconds(1), Duration.ofSeconds(60)).next(Optional.empty()));
    }
    assertThat(pauses).allMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) >= 0);
    assertThat(pauses.stream().distinct().count()).isGreaterThan(1);
  }
}
