package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HeapGrowthTest {
  private static final long MIB = 1024 * 1024;

  private final TestClock clock = new TestClock();
  private final AtomicLong heap = new AtomicLong(40 * MIB);
  private final AtomicLong live = new AtomicLong(32 * MIB);
  private Duration took = Duration.ZERO;
  private final AtomicInteger collections = new AtomicInteger();
  private final HeapGrowth growth =
      new HeapGrowth(
          clock,
          heap::get,
          () -> {
            collections.incrementAndGet();
            clock.pass(took);
            heap.set(live.get());
          });

  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      growth.round();
    }
  }

  @Test
  void collectsOnceWhenTheStartIsOver() {
    rounds(10);
    assertThat(collections).hasValue(0);
    rounds(1);
    assertThat(collections).hasValue(1);
    rounds(100);
    assertThat(collections).hasValue(1);
  }

  @Test
  void collectsDuringTheStartWhatIsLarge() {
    rounds(1);
    heap.set(81 * MIB);
    rounds(1);
    assertThat(collections).hasValue(1);
  }

  @Test
  void collectsWhenTheHeapHasGrownByEightMebibytes() {
    rounds(11);
    heap.set(40 * MIB);
    rounds(1);
    assertThat(collections).hasValue(1);
    heap.set(41 * MIB);
    rounds(1);
    assertThat(collections).hasValue(2);
  }

  @Test
  void aLargeHeapHasToGrowByAnEighth() {
    live.set(240 * MIB);
    rounds(11);
    heap.set(270 * MIB);
    rounds(1);
    assertThat(collections).hasValue(1);
    heap.set(271 * MIB);
    rounds(1);
    assertThat(collections).hasValue(2);
  }

  @Test
  void doesNotCollectAgainWhatIsNeeded() {
    rounds(11);
    live.set(300 * MIB);
    heap.set(300 * MIB);
    rounds(100);
    assertThat(collections).hasValue(2);
  }

  @Test
  void collectsForAHundredthOfTheTimeAtMost() {
    took = Duration.ofMillis(400);
    rounds(11);
    assertThat(collections).hasValue(1);
    heap.set(100 * MIB);
    clock.pass(Duration.ofSeconds(39));
    rounds(1);
    assertThat(collections).hasValue(1);
    clock.pass(Duration.ofSeconds(1));
    rounds(1);
    assertThat(collections).hasValue(2);
  }
}
