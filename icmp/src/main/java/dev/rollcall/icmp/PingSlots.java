package dev.rollcall.icmp;

import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The pings of one socket that are on their way, as a structure of arrays: a ping is a slot, an
/// index into all of them, and has no object of its own. The slot is the sequence number of its
/// echo request.
///
/// Deadlines are in a hashed timer wheel ([Varghese and
/// Lauck](http://www.cs.columbia.edu/~nahum/w6998/papers/sosp87-timing-wheels.pdf), scheme 6): a
/// bucket for each tick of about a millisecond, with the slots linked through `next` and
/// `previous`.
///
/// Free slots wait in line, so that the one that was given back first is used first. Until then its
/// `generation` and `state` tell a late or duplicate reply.
final class PingSlots {
  /// Never used.
  static final byte FREE = 0;

  /// Waits for its turn by the minimum gaps.
  static final byte DELAYED = 1;

  /// Waits to be sent.
  static final byte READY = 2;

  /// Waits for a reply.
  static final byte SENT = 3;

  /// Has had a reply.
  static final byte ANSWERED = 4;

  /// Has had its result without a reply.
  static final byte EXPIRED = 5;

  private static final int TICK_BITS = 20; // 2^20 ns
  private static final int BUCKETS = 4096;
  private static final int LOOK_AHEAD = 1024;
  private static final int NONE = -1;

  final int capacity;
  final byte[] state;
  final int[] generation;
  final InetAddress[] target;
  final long[] high;
  final long[] low;
  final int[] scope;
  final long[] tag;
  final PingQueue.@Nullable Waiter[] waiter;

  /// Nanoseconds that the reply may take.
  final long[] timeout;

  /// When it was sent, by the wall clock of this process, and how wide the moment is.
  final long[] sentReal;

  final int[] sentWidth;
  final long[] sentMonotonic;

  /// The wall clock minus the monotonic clock when it was sent.
  final long[] sentOffset;

  /// When it was sent by the kernel's stamp; 0 as long as that is not known.
  final long[] sentStamp;

  /// An error that may be forged, and counts only if no reply comes.
  final @Nullable IcmpError[] suspected;

  /// How many late and duplicate replies were told.
  final byte[] duplicates;

  /// Whether it takes part of the credit of the receive buffer.
  final boolean[] credited;

  private final int[] free;
  private int firstFree;
  private int freeCount;

  private final long[] dueTick;
  private final int[] next;
  private final int[] previous; // of the first in a bucket: -2 - bucket
  private final int[] buckets = new int[BUCKETS];
  private int scheduled;
  private long cursor;
  private int scan = NONE;

  /// @param now the monotonic time
  PingSlots(int capacity, long now) {
    this.capacity = capacity;
    state = new byte[capacity];
    generation = new int[capacity];
    target = new InetAddress[capacity];
    high = new long[capacity];
    low = new long[capacity];
    scope = new int[capacity];
    tag = new long[capacity];
    waiter = new PingQueue.Waiter[capacity];
    timeout = new long[capacity];
    sentReal = new long[capacity];
    sentWidth = new int[capacity];
    sentMonotonic = new long[capacity];
    sentOffset = new long[capacity];
    sentStamp = new long[capacity];
    suspected = new IcmpError[capacity];
    duplicates = new byte[capacity];
    credited = new boolean[capacity];
    free = new int[capacity];
    dueTick = new long[capacity];
    next = new int[capacity];
    previous = new int[capacity];
    for (int i = 0; i < capacity; i++) {
      free[i] = i;
      next[i] = NONE;
      previous[i] = NONE;
    }
    Arrays.fill(buckets, NONE);
    freeCount = capacity;
    cursor = now >> TICK_BITS;
  }

  int freeCount() {
    return freeCount;
  }

  /// Takes the slot that has been free for longest. Its generation is a new one.
  int allocate() {
    int slot = free[firstFree];
    firstFree = (firstFree + 1) % capacity;
    freeCount--;
    generation[slot]++;
    suspected[slot] = null;
    duplicates[slot] = 0;
    return slot;
  }

  /// What only a ping of this slot and generation has: see [EchoMessage].
  long identity(int slot) {
    return ((long) slot << 32) | (generation[slot] & 0xffff_ffffL);
  }

  void release(int slot) {
    free[(firstFree + freeCount) % capacity] = slot;
    freeCount++;
  }

  /// Makes a slot due at a moment of the monotonic clock, or up to two ticks later.
  void schedule(int slot, long at) {
    dueTick[slot] = Math.max((at >> TICK_BITS) + 1, cursor + 1);
    int bucket = (int) (dueTick[slot] & (BUCKETS - 1));
    int head = buckets[bucket];
    next[slot] = head;
    previous[slot] = -2 - bucket;
    if (head != NONE) {
      previous[head] = slot;
    }
    buckets[bucket] = slot;
    scheduled++;
  }

  void unschedule(int slot) {
    int before = previous[slot];
    int after = next[slot];
    if (before <= -2) {
      buckets[-2 - before] = after;
    } else {
      next[before] = after;
    }
    if (after != NONE) {
      previous[after] = before;
    }
    if (scan == slot) {
      scan = after;
    }
    scheduled--;
  }

  /// The next slot that is due, which is then no longer scheduled; -1 if none is left.
  int due(long now) {
    long tick = now >> TICK_BITS;
    if (scheduled == 0) {
      cursor = Math.max(cursor, tick);
      scan = NONE;
      return NONE;
    }
    if (tick - cursor > BUCKETS) { // one turn of the wheel finds everything
      cursor = tick - BUCKETS;
      scan = NONE;
    }
    while (cursor <= tick) {
      if (scan == NONE) {
        scan = buckets[(int) (cursor & (BUCKETS - 1))];
      }
      while (scan != NONE) {
        int slot = scan;
        scan = next[slot];
        if (dueTick[slot] <= tick) {
          unschedule(slot);
          return slot;
        }
      }
      cursor++;
    }
    cursor = tick;
    return NONE;
  }

  /// Nanoseconds until the next slot may be due, at most about a second; -1 if nothing is
  /// scheduled.
  long untilDue(long now) {
    if (scheduled == 0) {
      return -1;
    }
    long tick = now >> TICK_BITS;
    for (long at = Math.max(cursor + 1, tick - BUCKETS); at <= tick + LOOK_AHEAD; at++) {
      if (buckets[(int) (at & (BUCKETS - 1))] != NONE) {
        return Math.max(0, (at << TICK_BITS) - now);
      }
    }
    return (long) LOOK_AHEAD << TICK_BITS;
  }
}
