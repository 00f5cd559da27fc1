package dev.rollcall.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Probes that are checked together, and the run of them that is under way, which all who ask
/// meanwhile share.
final class Lane {
  private final Duration timeout;
  private final AtomicReference<@Nullable Run> current = new AtomicReference<>();
  private volatile List<Slot> slots = List.of();

  Lane(Duration timeout) {
    this.timeout = timeout;
  }

  List<Slot> slots() {
    return slots;
  }

  /// Puts a slot into the place of the one with its name, else to the end; without `belongs` takes
  /// that one out. Callers see to it that only one does so at a time.
  void put(Slot slot, boolean belongs) {
    List<Slot> changed = new ArrayList<>(slots);
    int place = 0;
    while (place < changed.size() && !changed.get(place).name().equals(slot.name())) {
      place++;
    }
    if (place < changed.size()) {
      changed.remove(place);
    }
    if (belongs) {
      changed.add(place, slot);
    }
    slots = List.copyOf(changed);
  }

  Report check() throws InterruptedException {
    Run there = current.get();
    if (there == null) {
      Run mine = new Run(slots, timeout, current);
      there = current.compareAndExchange(null, mine);
      if (there == null) {
        mine.start();
        there = mine;
      }
    }
    return there.await();
  }
}
