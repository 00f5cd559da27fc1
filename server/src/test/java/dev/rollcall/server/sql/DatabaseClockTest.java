package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SharedClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The clock of a real PostgreSQL, which is that of this machine, on a machine whose clock is
/// wrong.
class DatabaseClockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path folder;

  private final Clock right = Clock.system();

  /// A wall clock that is ahead, on a machine on which everything takes a while.
  private final class WrongClock implements Clock {
    private final Duration slow;
    private volatile Duration ahead;
    private Duration waited = Duration.ZERO;

    WrongClock(Duration ahead, Duration slow) {
      this.ahead = ahead;
      this.slow = slow;
    }

    @Override
    public Instant wall() {
      return right.wall().plus(ahead);
    }

    @Override
    public synchronized Duration monotonic() {
      waited = waited.plus(slow);
      return right.monotonic().plus(waited);
    }
  }

  private static Duration difference(Clock one, Clock other) {
    return Duration.between(one.wall(), other.wall()).abs();
  }

  @Test
  void isKnownAsSoonAsTheDatabaseIsOpen() {
    Clock wrong = new WrongClock(MINUTE, Duration.ZERO);
    try (Database database = TestDatabases.POSTGRES.open(folder, wrong)) {
      SharedClock clock = database.sharedClock().orElseThrow();
      assertThat(database.clock()).isSameAs(clock);
      assertThat(clock.isKnown()).isTrue();
      assertThat(difference(clock, right)).isLessThan(SECOND);
      assertThat(clock.ownAhead()).isBetween(MINUTE.minus(SECOND), MINUTE.plus(SECOND));
    }
  }

  @Test
  void isKnownHoweverLongTheAnswersTake() {
    Clock wrong = new WrongClock(MINUTE, Duration.ofMillis(300));
    try (Database database = TestDatabases.POSTGRES.open(folder, wrong)) {
      assertThat(difference(database.clock(), right)).isLessThan(MINUTE.dividedBy(2));
    }
  }

  @Test
  void isThatOfTheMachineWhileTheDatabaseHasNotAnswered() throws IOException {
    Clock wrong = new WrongClock(MINUTE, Duration.ZERO);
    try (Wire wire = new Wire(TestDatabases.postgresPort())) {
      DatabaseLocation location = TestDatabases.freshOn(wire.port());
      wire.cut();
      try (Database database = Database.openOrWait(DatabaseConfig.of(location), wrong, _ -> {})) {
        assertThat(database.clock().isKnown()).isFalse();
        assertThat(database.trouble()).isPresent();
        wire.mend();
        await().atMost(PATIENCE).until(() -> database.trouble().isEmpty());
        assertThat(database.clock().isKnown()).isTrue();
        assertThat(difference(database.clock(), right)).isLessThan(SECOND);
      }
    }
  }

  @Test
  void goesOnWhileTheClockOfTheMachineIsSetAndTheDatabaseIsAway() throws IOException {
    WrongClock machine = new WrongClock(Duration.ZERO, Duration.ZERO);
    try (Wire wire = new Wire(TestDatabases.postgresPort());
        Database database =
            Database.open(DatabaseConfig.of(TestDatabases.freshOn(wire.port())), machine)) {
      wire.cut();
      machine.ahead = MINUTE.negated();
      assertThat(difference(database.clock(), right)).isLessThan(SECOND);
      machine.ahead = MINUTE;
      assertThat(difference(database.clock(), right)).isLessThan(SECOND);
    }
  }

  @Test
  void isThatOfTheMachineWithSqlite() {
    Clock clock = new WrongClock(MINUTE, Duration.ZERO);
    try (Database database = TestDatabases.SQLITE.open(folder, clock)) {
      assertThat(database.clock()).isSameAs(clock);
      assertThat(database.sharedClock()).isEmpty();
    }
  }
}
