package dev.rollcall.server.collector;

import java.util.Arrays;

/// The addresses seen last, up to a maximum number. Beyond it, the least recently seen address is
/// removed.
///
/// An address takes 16 bytes in two arrays, 8 bytes for its neighbours in the order of seeing (a
/// linked list of places), and 8 to 16 bytes in a hash table of places with linear probing, which
/// is between a quarter and half full. A deletion moves the following entries back (Knuth, The Art
/// of Computer Programming 3, 6.4, algorithm R). In total this is 32 to 40 bytes, and at most twice
/// that while it grows. Not thread-safe.
final class HopMemory {
  private static final int FIRST = 1024;
  private static final int NONE = -1;

  private final int most;
  private long[] high;
  private long[] low;
  private int[] newer;
  private int[] older;
  private int[] table;
  private int count;
  private int newest = NONE;
  private int oldest = NONE;

  /// @param most the largest number of addresses
  HopMemory(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("a memory of " + most + " addresses remembers nothing");
    }
    this.most = most;
    int first = Math.min(most, FIRST);
    this.high = new long[first];
    this.low = new long[first];
    this.newer = new int[first];
    this.older = new int[first];
    this.table = emptyTable(first);
  }

  private static int[] emptyTable(int entries) {
    int[] table = new int[Integer.highestOneBit(Math.max(1, 2 * entries - 1)) * 2];
    Arrays.fill(table, NONE);
    return table;
  }

  /// The number of remembered addresses.
  int count() {
    return count;
  }

  /// The size of the arrays in bytes.
  long bytes() {
    return 24L * high.length + 4L * table.length;
  }

  /// Remembers an address as seen last.
  ///
  /// @return whether it was not remembered before
  boolean see(long addressHigh, long addressLow) {
    int slot = slot(addressHigh, addressLow);
    int place = table[slot];
    if (place != NONE) {
      if (place != newest) {
        unlink(place);
        linkNewest(place);
      }
      return false;
    }
    if (count == most) {
      place = oldest;
      forget(place);
    } else {
      if (count == high.length) {
        grow();
      }
      place = count++;
    }
    high[place] = addressHigh;
    low[place] = addressLow;
    linkNewest(place);
    table[slot(addressHigh, addressLow)] = place;
    return true;
  }

  /// The place of the address in the table, or the free place for it.
  private int slot(long addressHigh, long addressLow) {
    int mask = table.length - 1;
    int slot = home(addressHigh, addressLow, mask);
    for (int place = table[slot];
        place != NONE && (high[place] != addressHigh || low[place] != addressLow);
        place = table[slot]) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /// Addresses often follow each other, and must be spread here: the finalizer of
  /// [MurmurHash3](https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp).
  private static int home(long addressHigh, long addressLow, int mask) {
    long hash = addressHigh * 0x9e3779b97f4a7c15L + addressLow;
    hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
    return (int) (hash ^ hash >>> 33) & mask;
  }

  private void forget(int place) {
    int mask = table.length - 1;
    int hole = slot(high[place], low[place]);
    unlink(place);
    for (int next = hole + 1 & mask; table[next] != NONE; next = next + 1 & mask) {
      int home = home(high[table[next]], low[table[next]], mask);
      // An entry must not be before its home; every other entry fills the hole.
      if ((next - home & mask) >= (next - hole & mask)) {
        table[hole] = table[next];
        hole = next;
      }
    }
    table[hole] = NONE;
  }

  private void unlink(int place) {
    int before = newer[place];
    int after = older[place];
    if (before == NONE) {
      newest = after;
    } else {
      older[before] = after;
    }
    if (after == NONE) {
      oldest = before;
    } else {
      newer[after] = before;
    }
  }

  private void linkNewest(int place) {
    newer[place] = NONE;
    older[place] = newest;
    if (newest == NONE) {
      oldest = place;
    } else {
      newer[newest] = place;
    }
    newest = place;
  }

  private void grow() {
    int larger = (int) Math.min(most, 2L * high.length);
    high = Arrays.copyOf(high, larger);
    low = Arrays.copyOf(low, larger);
    newer = Arrays.copyOf(newer, larger);
    older = Arrays.copyOf(older, larger);
    table = emptyTable(larger);
    for (int place = 0; place < count; place++) {
      table[slot(high[place], low[place])] = place;
    }
  }
}
