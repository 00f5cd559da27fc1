package dev.rollcall.icmp;

import java.time.Duration;
import java.util.Arrays;

/// The least time between two packets with the same key (an address or a prefix). Times are of the
/// monotonic clock.
///
/// It is a table of fixed size with sets of eight, as of a processor's cache: an entry whose time
/// is over may be replaced. If all of a set still hold, a new key waits for the first that does
/// not: packets are then rather too slow than too fast.
final class MinimumGap {
  /// No packet waits longer for its turn.
  static final long LONGEST_DELAY = 10_000_000_000L;

  private static final int WAYS = 8;
  private static final int LEAST = 1024;
  private static final int MOST = 1 << 20;

  private final long gap;
  private final long[] keys;
  private final long[] until;
  private final int mask;

  /// @param packetsPerSecond the most packets a second, for which the table is large enough
  ///   although each of them holds an entry while it waits for its turn
  /// @param now the monotonic time
  MinimumGap(Duration gap, int packetsPerSecond, long now) {
    this.gap = gap.toNanos();
    double held = Math.min(MOST, 2.0 * packetsPerSecond * (this.gap + LONGEST_DELAY) / 1e9);
    int size = this.gap == 0 ? WAYS : Math.max(LEAST, Integer.highestOneBit((int) held) * 2);
    keys = new long[size];
    until = new long[size];
    Arrays.fill(until, now);
    mask = size / WAYS - 1;
  }

  /// When a packet with this key may be sent, from `now` on.
  long earliest(long key, long now) {
    if (gap == 0) {
      return now;
    }
    int set = set(key);
    long first = Long.MAX_VALUE;
    for (int i = set; i < set + WAYS; i++) {
      if (keys[i] == key) {
        return now + Math.max(0, until[i] - now);
      }
      first = Math.min(first, until[i] - now);
    }
    return now + Math.max(0, first);
  }

  /// Notes that a packet with this key is sent at a moment.
  void take(long key, long at) {
    if (gap == 0) {
      return;
    }
    int set = set(key);
    int place = set;
    for (int i = set; i < set + WAYS; i++) {
      if (keys[i] == key) {
        place = i;
        break;
      }
      if (until[i] - until[place] < 0) {
        place = i;
      }
    }
    keys[place] = key;
    until[place] = at + gap;
  }

  private int set(long key) {
    return ((int) (mixed(key) >>> 32) & mask) * WAYS;
  }

  /// Spreads a key over all bits: the last step of MurmurHash3.
  static long mixed(long key) {
    long mixed = (key ^ (key >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /// The key of an address.
  static long target(long high, long low) {
    return mixed(high) * 31 + low;
  }

  /// The key of its /24 or /48.
  static long prefix(IpFamily family, long high, long low) {
    return family == IpFamily.V4 ? low >>> 8 : (high >>> 16) | (1L << 62);
  }
}
