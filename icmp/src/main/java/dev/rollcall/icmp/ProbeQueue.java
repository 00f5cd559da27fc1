package dev.rollcall.icmp;

/// A queue of numbers in pairs, in arrays. For one thread.
final class ProbeQueue {
  private long[] ring = new long[512];
  private int first;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size / 2;
  }

  void add(long number, long other) {
    if (size == ring.length) {
      long[] larger = new long[2 * ring.length];
      for (int i = 0; i < size; i++) {
        larger[i] = ring[(first + i) % ring.length];
      }
      ring = larger;
      first = 0;
    }
    ring[(first + size) % ring.length] = number;
    ring[(first + size + 1) % ring.length] = other;
    size += 2;
  }

  /// The number of the first pair.
  long number() {
    return ring[first];
  }

  /// The other number of the first pair.
  long other() {
    return ring[first + 1];
  }

  void remove() {
    first = (first + 2) % ring.length;
    size -= 2;
  }
}
