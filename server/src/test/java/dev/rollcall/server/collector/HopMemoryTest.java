package dev.rollcall.server.collector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HopMemoryTest {
  @Test
  void knowsWhatItHasSeen() {
    HopMemory memory = new HopMemory(10);
    assertThat(memory.see(0, 1)).isTrue();
    assertThat(memory.see(0, 1)).isFalse();
    assertThat(memory.see(1, 0)).isTrue();
    assertThat(memory.count()).isEqualTo(2);
  }

  @Test
  void forgetsTheLeastRecentlySeen() {
    HopMemory memory = new HopMemory(2);
    memory.see(0, 1);
    memory.see(0, 2);
    memory.see(0, 1);
    memory.see(0, 3);
    assertThat(memory.see(0, 1)).isFalse();
    assertThat(memory.see(0, 2)).isTrue();
  }

  /// Beside a model that is obviously right.
  @Test
  void doesAsAListOfTheLastSeenDoes() {
    Random random = new Random(11);
    for (int most : new int[] {1, 2, 3, 100, 1024, 1500}) {
      HopMemory memory = new HopMemory(most);
      LinkedHashSet<Long> model = new LinkedHashSet<>();
      for (int i = 0; i < 50_000; i++) {
        long address = random.nextInt(2 * most + 2);
        boolean isNew = !model.remove(address);
        model.add(address);
        if (model.size() > most) {
          model.removeFirst();
        }
        assertThat(memory.see(address % 3, address)).isEqualTo(isNew);
        assertThat(memory.count()).isEqualTo(model.size());
      }
    }
  }

  @Test
  void takesLessThanAHundredBytesForEachOfAMillion() {
    HopMemory memory = new HopMemory(1_000_000);
    HopQueue queue = new HopQueue(1_000_000);
    Random random = new Random(5);
    for (int i = 0; i < 1_000_000; i++) {
      long high = random.nextLong();
      memory.see(high, i);
      queue.put(high, i);
    }
    assertThat(memory.count()).isEqualTo(1_000_000);
    assertThat(memory.bytes() + queue.bytes()).isLessThan(100L * 1_000_000);
  }
}
