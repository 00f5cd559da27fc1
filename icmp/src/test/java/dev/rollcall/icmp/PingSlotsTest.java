package dev.rollcall.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PingSlotsTest {
  private static final long MILLI = 1_000_000;

  /// Against a map: slots are due once, never early, and at most two ticks late.
  @Test
  void eachSlotIsDueOnceAndNeverEarly() {
    Random random = new Random(1);
    PingSlots slots = new PingSlots(500, 0);
    Map<Integer, Long> expected = new HashMap<>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      if (slots.freeCount() > 0 && random.nextInt(3) > 0) {
        int slot = slots.allocate();
        long due = now + random.nextLong(20_000 * MILLI);
        slots.schedule(slot, due);
        expected.put(slot, due);
      }
      if (!expected.isEmpty() && random.nextInt(4) == 0) {
        int slot = expected.keySet().iterator().next();
        expected.remove(slot);
        slots.unschedule(slot);
        slots.release(slot);
      }
      long until = slots.untilDue(now);
      assertThat(until < 0).isEqualTo(expected.isEmpty());
      now += random.nextLong(random.nextInt(100) == 0 ? 10_000 * MILLI : 20 * MILLI);
      for (int slot = slots.due(now); slot >= 0; slot = slots.due(now)) {
        assertThat(expected.remove(slot)).isLessThanOrEqualTo(now);
        slots.release(slot);
      }
      long late = now - 2 * (1 << 20);
      assertThat(expected.values()).allMatch(due -> due >= late);
    }
  }

  @Test
  void waitsNoLongerThanUntilTheNextDeadline() {
    PingSlots slots = new PingSlots(16, 0);
    assertThat(slots.untilDue(0)).isEqualTo(-1);
    slots.schedule(slots.allocate(), 5 * MILLI);
    long until = slots.untilDue(0);
    assertThat(until).isBetween(5 * MILLI, 7 * MILLI);
    assertThat(slots.due(until - 1)).isEqualTo(-1);
    assertThat(slots.due(until)).isNotNegative();
  }

  @Test
  void theSlotThatHasBeenFreeForLongestIsNext() {
    PingSlots slots = new PingSlots(16, 0);
    int first = slots.allocate();
    int generation = slots.generation[first];
    slots.release(first);
    for (int i = 1; i < 16; i++) {
      assertThat(slots.allocate()).isNotEqualTo(first);
    }
    assertThat(slots.allocate()).isEqualTo(first);
    assertThat(slots.generation[first]).isEqualTo(generation + 1);
    assertThat(slots.freeCount()).isZero();
  }
}
