package dev.rollcall.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopFailuresTest {
  private static final String AWAY = "database x: connection refused";

  private final TestClock clock = new TestClock();
  private final LoopFailures failures = new LoopFailures(clock);

  /// One round of the loops of these numbers.
  private List<String> fail(String reason, int... loops) {
    return IntStream.of(loops)
        .boxed()
        .flatMap(loop -> failures.failed(loop, "loop " + loop, reason).stream())
        .toList();
  }

  private List<String> succeed(int... loops) {
    return IntStream.of(loops).boxed().flatMap(loop -> failures.succeeded(loop).stream()).toList();
  }

  @Test
  void thoseThatWaitForTheSameAreThreeLines() {
    assertThat(succeed(1, 2)).isEmpty();
    assertThat(fail(AWAY, 1, 2, 3, 1, 2))
        .containsExactly("loop 1 waits, and is tried again: " + AWAY);
    clock.pass(Duration.ofSeconds(6));
    assertThat(fail(AWAY, 1, 2, 3)).containsExactly("database x: 2 more wait: loop 2, loop 3");
    clock.pass(Duration.ofSeconds(6));
    assertThat(fail(AWAY, 1, 2, 3)).isEmpty();
    assertThat(fail(AWAY, 4)).containsExactly("database x: 1 more waits: loop 4");
    assertThat(succeed(1, 2, 1, 3)).isEmpty();
    assertThat(succeed(4)).containsExactly("loop 1 and 3 others continue");
    assertThat(succeed(1, 2, 3, 4)).isEmpty();
  }

  @Test
  void eachOtherReasonIsToldOnceWhenTheFirstSecondsAreOver() {
    String closed = "database x: the server closed the connection 17";
    String refused = "database x: the login is refused";
    assertThat(fail(closed, 1)).hasSize(1);
    assertThat(fail("database x: it is shutting down", 1)).isEmpty();
    assertThat(fail(AWAY, 1, 2)).isEmpty();
    clock.pass(Duration.ofSeconds(6));
    assertThat(fail(AWAY, 2, 1)).containsExactly("loop 2 waits, and is tried again: " + AWAY);
    clock.pass(Duration.ofSeconds(6));
    assertThat(fail(refused, 1)).containsExactly("loop 1 waits, and is tried again: " + refused);
    clock.pass(Duration.ofSeconds(6));
    assertThat(fail("database x: the server closed the connection 18", 1, 2)).isEmpty();
    assertThat(fail(AWAY, 1, 2)).isEmpty();
    assertThat(fail(refused, 1, 2)).isEmpty();
  }

  @Test
  void whatWaitsForSomethingElseIsALineOfItsOwn() {
    assertThat(fail(AWAY, 1, 2)).hasSize(1);
    assertThat(fail("/data: the disk is full", 3))
        .containsExactly("loop 3 waits, and is tried again: /data: the disk is full");
    assertThat(succeed(3)).containsExactly("loop 3 continues");
    assertThat(fail("/data: the disk is full", 2)).hasSize(1); // no longer the database
    assertThat(succeed(1)).containsExactly("loop 1 continues");
    assertThat(succeed(2)).containsExactly("loop 2 continues");
  }

  @Test
  void theEndIsToldAlsoIfOneIsTriedAgainMuchLater() {
    assertThat(fail(AWAY, 1, 2)).hasSize(1);
    assertThat(succeed(1)).isEmpty();
    clock.pass(Duration.ofSeconds(6));
    assertThat(succeed(1)).containsExactly("loop 1 and 1 other continue");
    assertThat(succeed(2)).isEmpty();
  }

  @Test
  void oneThatIsClosedIsNotWaitedFor() {
    assertThat(fail(AWAY, 1, 2)).hasSize(1);
    failures.forget(2);
    assertThat(succeed(1)).containsExactly("loop 1 continues");
  }
}
