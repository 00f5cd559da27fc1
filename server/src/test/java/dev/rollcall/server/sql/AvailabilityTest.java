package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AvailabilityTest {
  private final TestClock clock = new TestClock();
  private final Availability availability =
      new Availability(
          new DatabaseLocation.SqliteFile(Path.of("rollcall.db")),
          Runnable::run,
          () -> {},
          () -> {},
          clock);

  @BeforeEach
  void open() {
    availability.open();
  }

  private static StorageException refused() {
    return new StorageException("refused", StorageException.Outcome.RETRY);
  }

  private Duration later() {
    clock.pass(Duration.ofMillis(100));
    return clock.monotonic();
  }

  @Test
  void aFailureOfAWriteThatBeganBeforeOneThatSucceededSaysNothingOfNow() {
    Duration slow = later();
    Duration fast = later();
    availability.works(fast);
    availability.fails(refused(), slow);
    assertThat(availability.trouble()).isEmpty();
  }

  @Test
  void theFailureOfTheNewestWriteCounts() {
    availability.works(later());
    availability.fails(refused(), later());
    assertThat(availability.trouble()).contains("refused");
    availability.works(later());
    assertThat(availability.trouble()).isEmpty();
  }
}
