package dev.rollcall.icmp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The probes of one trace, by TTL and index: what each was, and what came back. State is kept in
/// arrays that are used again for the next trace. For one thread.
final class ProbeTable {
  private static final byte FREE = 0;
  private static final byte WAITING = 1;
  private static final byte ANSWERED = 2;
  private static final byte LOST = 3;
  private static final byte NOT_SENT = 4;
  private static final byte TOO_LARGE = 5;

  private final int indexes;

  // Of each TTL.
  private final int[] asked;
  private final int[] waiting;
  private final int[] answers;

  // Of each probe.
  private final byte[] status;
  private final byte[] flow;
  private final short[] octets;
  private final long[] sentReal;
  private final long[] sentMonotonic;
  private final long[] rtt;
  private final long[] fromHigh;
  private final long[] fromLow;
  private final @Nullable HopError[] error;
  private final @Nullable PacketExtensions[] extensions;

  /// @param ttls the last TTL
  /// @param indexes the most probes of a TTL
  ProbeTable(int ttls, int indexes) {
    this.indexes = indexes;
    asked = new int[ttls + 1];
    waiting = new int[ttls + 1];
    answers = new int[ttls + 1];
    int count = asked.length * indexes;
    status = new byte[count];
    flow = new byte[count];
    octets = new short[count];
    sentReal = new long[count];
    sentMonotonic = new long[count];
    rtt = new long[count];
    fromHigh = new long[count];
    fromLow = new long[count];
    error = new HopError[count];
    extensions = new PacketExtensions[count];
  }

  /// Forgets all probes.
  void clear() {
    for (int ttl = 1; ttl < asked.length; ttl++) {
      int base = ttl * indexes;
      Arrays.fill(status, base, base + asked[ttl], FREE);
      Arrays.fill(error, base, base + asked[ttl], null);
      Arrays.fill(extensions, base, base + asked[ttl], null);
    }
    Arrays.fill(asked, 0);
    Arrays.fill(waiting, 0);
    Arrays.fill(answers, 0);
  }

  private int probe(int ttl, int index) {
    return ttl * indexes + index;
  }

  /// Whether one more probe of a TTL has a place.
  boolean hasRoom(int ttl) {
    return asked[ttl] < indexes;
  }

  /// Adds a probe, which waits for its answer from now on. To be called only if there is room.
  ///
  /// @return its index
  int add(int ttl, int flowNumber, int size) {
    int index = asked[ttl]++;
    int probe = probe(ttl, index);
    status[probe] = WAITING;
    flow[probe] = (byte) flowNumber;
    sentReal[probe] = 0;
    octets[probe] = (short) size;
    waiting[ttl]++;
    return index;
  }

  /// How many probes there were at a TTL, with those that were not sent.
  int count(int ttl) {
    return asked[ttl];
  }

  boolean contains(int ttl, int index) {
    return ttl >= 1 && ttl < asked.length && index < asked[ttl];
  }

  /// How many wait for their answer.
  int waiting(int ttl) {
    return waiting[ttl];
  }

  /// How many were answered.
  int answers(int ttl) {
    return answers[ttl];
  }

  int flow(int ttl, int index) {
    return flow[probe(ttl, index)];
  }

  int octets(int ttl, int index) {
    return octets[probe(ttl, index)];
  }

  boolean isWaiting(int ttl, int index) {
    return status[probe(ttl, index)] == WAITING;
  }

  /// Whether its time was over before an answer came.
  boolean isLost(int ttl, int index) {
    return status[probe(ttl, index)] == LOST;
  }

  boolean wasAnswered(int ttl, int index) {
    return status[probe(ttl, index)] == ANSWERED;
  }

  boolean wasSent(int ttl, int index) {
    int probe = probe(ttl, index);
    return status[probe] != NOT_SENT && status[probe] != TOO_LARGE && sentReal[probe] != 0;
  }

  /// Notes when a probe was sent, by the clock of the kernel's time stamps and by the other.
  void sent(int ttl, int index, long real, long monotonic) {
    int probe = probe(ttl, index);
    sentReal[probe] = real;
    sentMonotonic[probe] = monotonic;
  }

  /// Notes the answer of a probe that waits or is lost.
  ///
  /// @param stamp when it was received, as the kernel noted; 0 if it did not
  void answered(
      int ttl,
      int index,
      @Nullable HopError why,
      long high,
      long low,
      PacketExtensions extension,
      long stamp,
      long now) {
    int probe = probe(ttl, index);
    if (status[probe] == WAITING) {
      waiting[ttl]--;
    }
    status[probe] = ANSWERED;
    answers[ttl]++;
    fromHigh[probe] = high;
    fromLow[probe] = low;
    error[probe] = why;
    extensions[probe] = extension;
    rtt[probe] = rtt(probe, stamp, now);
  }

  /// The kernel's clock may have been set meanwhile; then the other one is less precise, but right.
  private long rtt(int probe, long stamp, long now) {
    long most = now - sentMonotonic[probe];
    long stamped = stamp - sentReal[probe];
    return stamp == 0 || stamped < 0 || stamped > most + 1_000_000 ? most : stamped;
  }

  /// The time of a probe that waits is over.
  void lost(int ttl, int index) {
    end(ttl, index, LOST);
  }

  /// A probe that waits was not sent after all.
  void notSent(int ttl, int index) {
    end(ttl, index, NOT_SENT);
  }

  /// A probe that waits was larger than a link takes.
  void tooLarge(int ttl, int index) {
    end(ttl, index, TOO_LARGE);
  }

  private void end(int ttl, int index, byte how) {
    status[probe(ttl, index)] = how;
    waiting[ttl]--;
  }

  boolean isAnyWaiting(int first, int last) {
    for (int ttl = first; ttl <= last; ttl++) {
      if (waiting[ttl] > 0) {
        return true;
      }
    }
    return false;
  }

  /// The first probe from a TTL on that waits, as TTL * 256 + index; -1 if there is none.
  int firstWaiting(int first, int last) {
    for (int ttl = first; ttl <= last; ttl++) {
      for (int index = 0; index < asked[ttl]; index++) {
        if (status[probe(ttl, index)] == WAITING) {
          return ttl << 8 | index;
        }
      }
    }
    return -1;
  }

  /// How many different routers answered at a TTL.
  int routers(int ttl) {
    int routers = 0;
    for (int index = 0; index < asked[ttl]; index++) {
      if (wasAnswered(ttl, index) && !isOfKnownRouter(ttl, index)) {
        routers++;
      }
    }
    return routers;
  }

  /// Whether an earlier probe of the TTL was answered by the same router.
  boolean isOfKnownRouter(int ttl, int index) {
    for (int other = 0; other < index; other++) {
      if (wasAnswered(ttl, other) && isSameRouter(ttl, other, index)) {
        return true;
      }
    }
    return false;
  }

  boolean isSameRouter(int ttl, int one, int other) {
    int a = probe(ttl, one);
    int b = probe(ttl, other);
    return fromHigh[a] == fromHigh[b] && fromLow[a] == fromLow[b];
  }

  /// The time of the answer of a probe in nanoseconds.
  long rtt(int ttl, int index) {
    return rtt[probe(ttl, index)];
  }

  /// Who answered; see [SocketAddress].
  long fromHigh(int ttl, int index) {
    return fromHigh[probe(ttl, index)];
  }

  long fromLow(int ttl, int index) {
    return fromLow[probe(ttl, index)];
  }

  /// The error that it was answered with; null if it was none.
  @Nullable HopError error(int ttl, int index) {
    return error[probe(ttl, index)];
  }

  PacketExtensions extensions(int ttl, int index) {
    PacketExtensions found = extensions[probe(ttl, index)];
    return found == null ? PacketExtensions.NONE : found;
  }
}
