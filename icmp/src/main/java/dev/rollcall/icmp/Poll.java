package dev.rollcall.icmp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Waits until one of some descriptors is ready: `ppoll`.
final class Poll {
  private static final int ENTRY = 8;

  private final MemorySegment entries;
  private final MemorySegment timeout;
  private final int count;

  Poll(Arena arena, int... descriptors) {
    count = descriptors.length;
    entries = arena.allocate((long) count * ENTRY, 8);
    timeout = arena.allocate(16, 8);
    for (int i = 0; i < count; i++) {
      entries.set(ValueLayout.JAVA_INT, (long) i * ENTRY, descriptors[i]);
      entries.set(ValueLayout.JAVA_SHORT, (long) i * ENTRY + 4, (short) Linux.POLLIN);
    }
  }

  /// Also waits until descriptor `i` takes something to send, or no longer.
  void wantsToSend(int i, boolean wants) {
    entries.set(
        ValueLayout.JAVA_SHORT,
        (long) i * ENTRY + 4,
        (short) (wants ? Linux.POLLIN | Linux.POLLOUT : Linux.POLLIN));
  }

  /// @param nanos how long at most; a negative number is for ever
  void await(Libc libc, long nanos) {
    forget();
    if (nanos >= 0) {
      timeout.set(ValueLayout.JAVA_LONG, 0, nanos / 1_000_000_000);
      timeout.set(ValueLayout.JAVA_LONG, 8, nanos % 1_000_000_000);
    }
    libc.ppoll(entries.address(), count, nanos < 0 ? 0 : timeout.address());
  }

  /// As if the last wait had found nothing.
  void forget() {
    for (int i = 0; i < count; i++) {
      entries.set(ValueLayout.JAVA_SHORT, (long) i * ENTRY + 6, (short) 0);
    }
  }

  /// What the last wait found at descriptor `i`: `POLLIN` and so on.
  int ready(int i) {
    return entries.get(ValueLayout.JAVA_SHORT, (long) i * ENTRY + 6);
  }
}
