package dev.rollcall.icmp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The traces that are on their way. A probe is known by one number: the slot of its trace, how
/// often the slot was used, TTL and index. For one thread.
final class TraceSlots {
  /// No probe.
  static final long NONE = -1;

  private static final int MOST_FLOWS = 128;
  private static final int GENERATIONS = 0x3fff_ffff;

  /// A place for a trace; it is used again for others.
  static final class Slot {
    private final int number;
    private final TraceRun run;
    private final int[] flows = new int[MOST_FLOWS];
    private int flowCount;
    private int generation;
    private @Nullable Trip trip;

    private Slot(int number, TracerOptions options) {
      this.number = number;
      this.run = new TraceRun(options, this::ask);
    }

    private void ask(int ttl, int index) {
      if (trip != null) {
        trip.channel().queue().add(probe(ttl, index), 0);
      }
    }

    long probe(int ttl, int index) {
      return (long) (generation & GENERATIONS) << 32 | (long) number << 16 | ttl << 8 | index;
    }

    TraceRun run() {
      return run;
    }

    /// What is traced; null if nothing is.
    @Nullable Trip trip() {
      return trip;
    }
  }

  /// What is traced in a slot.
  ///
  /// @param startedReal when it began, in nanoseconds since 1970
  /// @param startedAt the same by the monotonic clock
  record Trip(
      TracerLoop.Request request,
      TraceTarget target,
      TracerChannel channel,
      long startedReal,
      long startedAt) {}

  private final TracerOptions options;
  private final @Nullable Slot[] slots;
  private final Deque<Integer> free = new ArrayDeque<>();
  private final FlowNumbers flowNumbers;

  TraceSlots(TracerOptions options, Random random) {
    this.options = options;
    this.slots = new Slot[options.inFlight()];
    this.flowNumbers =
        switch (options.method()) {
          case ICMP -> new FlowNumbers(1, 65_535, random);
          case UDP -> new FlowNumbers(0, 65_535 - TracerSockets.FIRST_PORT, random);
          case TCP -> new FlowNumbers(0, 65_535, random);
        };
    for (int i = 0; i < slots.length; i++) {
      free.add(i);
    }
  }

  /// Whether one more trace can begin.
  boolean hasRoom() {
    return !free.isEmpty() && flowNumbers.free() > 0;
  }

  /// Takes a place. To be called only if there is room.
  Slot take(Trip trip) {
    int number = free.removeFirst();
    Slot slot = slots[number];
    if (slot == null) {
      slot = new Slot(number, options);
      slots[number] = slot;
    }
    slot.trip = trip;
    slot.flows[0] = flowNumbers.take(number);
    slot.flowCount = 1;
    return slot;
  }

  void giveBack(Slot slot) {
    for (int i = 0; i < slot.flowCount; i++) {
      if (i == 0 || slot.flows[i] != slot.flows[0]) {
        flowNumbers.giveBack(slot.flows[i]);
      }
    }
    slot.flowCount = 0;
    slot.generation++;
    slot.trip = null;
    free.addFirst(slot.number);
  }

  /// The number on the wire of a flow of a trace. Where no number is left, that of the first.
  int flowNumber(Slot slot, int flow) {
    while (slot.flowCount <= flow) {
      slot.flows[slot.flowCount++] =
          flowNumbers.free() > 0 ? flowNumbers.take(slot.number) : slot.flows[0];
    }
    return slot.flows[flow];
  }

  /// The slot of a probe; null if its trace is over.
  @Nullable Slot of(long probe) {
    if (probe == NONE) {
      return null;
    }
    Slot slot = slots[(int) (probe >>> 16) & 0xffff];
    return slot != null
            && slot.trip != null
            && (slot.generation & GENERATIONS) == (int) (probe >>> 32 & GENERATIONS)
        ? slot
        : null;
  }

  /// The slot of a trace with a flow of this number; null if there is none.
  @Nullable Slot ofFlow(int flowNumber) {
    int owner = flowNumbers.owner(flowNumber);
    return owner < 0 ? null : slots[owner];
  }

  /// The places that were used.
  Iterable<Slot> all() {
    Deque<Slot> used = new ArrayDeque<>();
    for (Slot slot : slots) {
      if (slot != null) {
        used.add(slot);
      }
    }
    return used;
  }

  static int ttl(long probe) {
    return (int) (probe >>> 8) & 0xff;
  }

  static int index(long probe) {
    return (int) probe & 0xff;
  }
}
