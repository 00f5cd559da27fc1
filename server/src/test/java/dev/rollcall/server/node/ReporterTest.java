package dev.rollcall.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.httpclient.NoAnswer;
import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How a node reports to a server whose clock is two seconds behind.
class ReporterTest {
  private static final Duration BEHIND = Duration.ofSeconds(2);

  private final TestClock clock = new TestClock();
  private final List<Optional<Duration>> offsets = new ArrayList<>();
  private Duration takes = Duration.ofSeconds(4);

  /// The part of the time after which the server looks at its clock.
  private double looksAfter = 0.5;

  private Duration behind = BEHIND;
  private boolean lists = true;
  private boolean answers = true;
  private final Reporter reporter =
      new Reporter("fra1", (_, status) -> answer(status), this::status, clock);

  @AfterEach
  void close() {
    reporter.close();
  }

  private NodeStatus status(Optional<Duration> offset) {
    return new NodeStatus("1.0", 1_000, 0, 0, 0, 0, clock.wall(), offset);
  }

  private Optional<Instant> answer(NodeStatus status) {
    offsets.add(status.clockOffset());
    if (!answers) {
      throw new NoAnswer("nobody is there");
    }
    Duration before = Duration.ofNanos((long) (takes.toNanos() * looksAfter));
    clock.pass(before);
    Instant there = clock.wall().minus(behind);
    clock.pass(takes.minus(before));
    return lists ? Optional.of(there) : Optional.empty();
  }

  @Test
  void saysSoonHowFarTheClocksAreApart() throws Exception {
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(1));
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    takes = Duration.ofMillis(10);
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    assertThat(offsets).containsExactly(Optional.empty(), Optional.of(BEHIND), Optional.of(BEHIND));
  }

  @Test
  void putsRightAtOnceWhatASlowRequestHasMadeWrong() throws Exception {
    looksAfter = 1;
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(1));
    takes = Duration.ofMillis(10);
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(1));
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    assertThat(offsets)
        .containsExactly(
            Optional.empty(), Optional.of(Duration.ZERO), Optional.of(BEHIND.minusMillis(5)));
  }

  @Test
  void aSlowRequestDoesNotReplaceWhatAFastOneHasFound() throws Exception {
    takes = Duration.ofMillis(10);
    reporter.round();
    takes = Duration.ofSeconds(4);
    looksAfter = 1;
    for (int i = 0; i < 3; i++) {
      assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    }
    assertThat(offsets.subList(1, 4)).containsOnly(Optional.of(BEHIND));
    clock.pass(Duration.ofMinutes(3)); // clocks drift apart
    reporter.round();
    reporter.round();
    assertThat(offsets.getLast()).contains(Duration.ZERO);
  }

  @Test
  void saysAtOnceThatAClockWasSet() throws Exception {
    takes = Duration.ofMillis(10);
    reporter.round();
    behind = Duration.ofMinutes(10);
    takes = Duration.ofMillis(20); // less exact, but the one before cannot be right any more
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(1));
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    assertThat(offsets.getLast()).contains(behind);
  }

  @Test
  void triesAgainWhereNobodyAnswersAndAsksRarelyWhereNodesAreNotListed() throws Exception {
    answers = false;
    assertThat(reporter.round()).isEqualTo(Duration.ofSeconds(15));
    answers = true;
    lists = false;
    assertThat(reporter.round()).isEqualTo(Duration.ofMinutes(10));
  }
}
