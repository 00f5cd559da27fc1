package dev.rollcall.icmp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One trace on its way: which probes it asked for, what came back, and what to ask next. It
/// decides only, so that it can be tested without a network; [TracerLoop] sends and receives.
///
/// All TTLs of a window are asked at once. The next window follows when the last TTL of one has
/// answered or has let its time pass, until the end of the path is known: the target, an error, a
/// loop, or too many silent hops. A TTL that does not answer is asked again after its timeout. A
/// trace may begin half way; then it asks the TTLs before, or takes them from [TraceMemory] if it
/// knows the router there. At last, with multipath, it asks each TTL with further flows until it
/// has likely seen all routers there.
///
/// Probes are numbered by TTL and index. State is kept in arrays that are used again for the next
/// trace. For one thread.
final class TraceRun {
  /// No TTL: the end is not known.
  static final int UNKNOWN = 255;

  /// What a probe was answered with.
  enum Answer {
    /// The TTL was used up.
    HOP,
    /// It arrived.
    TARGET,
    /// It could not be delivered.
    ERROR
  }

  /// Whether an answer was of use.
  enum Use {
    IN_TIME,
    LATE,
    DUPLICATE,
    /// There is no such probe.
    NONE
  }

  /// Where probes are asked for.
  interface Probes {
    void ask(int ttl, int index);
  }

  private static final byte FREE = 0;
  private static final byte WAITING = 1;
  private static final byte ANSWERED = 2;
  private static final byte LOST = 3;
  private static final byte NOT_SENT = 4;
  private static final byte TOO_LARGE = 5;

  private static final int WINDOW = 4;
  private static final int MOST_SHRINKS = 8;
  private static final int LEAST_OCTETS = 60;

  /// So many flows, without a new router, show with 95 % certainty that K routers are all (MDA,
  /// Augustin et al., E2EMON 2007; MDA-lite: Vermeulen et al., IMC 2018).
  private static final int[] ENOUGH_FLOWS = {
    1, 6, 11, 16, 21, 27, 33, 38, 44, 51, 57, 63, 70, 76, 83, 90, 96
  };

  /// Sizes of packets that links take (RFC 1191 section 7.1), for routers that do not say theirs.
  private static final int[] PLATEAUS = {9000, 4352, 2002, 1492, 1480, 1400, 1280, 1006, 576, 296};

  private final TracerOptions options;
  private final Probes probes;
  private final int indexes;

  // Of each TTL.
  private final int[] asked;
  private final int[] waiting;
  private final int[] answers;
  private final int[] tries;
  private final int[] flows;
  private final long[] path;

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

  // Routers that asked for smaller packets.
  private final long[] mtuFrom = new long[2 * MOST_SHRINKS];
  private final int[] mtu = new int[MOST_SHRINKS];
  private int shrinks;

  private int first;
  private int lowest;
  private int next;
  private int highest;
  private int distance;
  private int unreachableAt;
  private int loopAt;
  private int size;
  private boolean retreated;
  private boolean widening;
  private boolean done;
  private String notSent = "";

  TraceRun(TracerOptions options, Probes probes) {
    this.options = options;
    this.probes = probes;
    this.indexes =
        options.samples()
            + options.attempts()
            + (options.multipath() ? ENOUGH_FLOWS[ENOUGH_FLOWS.length - 1] : 0)
            + (options.discoverMtu() ? MOST_SHRINKS : 0);
    int ttls = options.maxTtl() + 1;
    asked = new int[ttls];
    waiting = new int[ttls];
    answers = new int[ttls];
    tries = new int[ttls];
    flows = new int[ttls];
    path = new long[2 * ttls];
    int count = ttls * indexes;
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

  /// Begins a trace.
  ///
  /// @param from the TTL to begin with; those before come later
  /// @param to the last TTL of the first window
  void begin(int from, int to) {
    for (int ttl = 1; ttl < asked.length; ttl++) {
      int base = ttl * indexes;
      Arrays.fill(status, base, base + asked[ttl], FREE);
      Arrays.fill(error, base, base + asked[ttl], null);
      Arrays.fill(extensions, base, base + asked[ttl], null);
    }
    Arrays.fill(asked, 0);
    Arrays.fill(waiting, 0);
    Arrays.fill(answers, 0);
    Arrays.fill(tries, 0);
    Arrays.fill(flows, 1);
    Arrays.fill(path, 0);
    shrinks = 0;
    first = Math.min(from, options.maxTtl());
    lowest = first;
    next = first;
    highest = first - 1;
    distance = UNKNOWN;
    unreachableAt = UNKNOWN;
    loopAt = UNKNOWN;
    size = options.octets();
    retreated = first == 1;
    widening = false;
    done = false;
    notSent = "";
    int last = Math.clamp(to, first, options.maxTtl());
    while (next <= last) {
      askHop(next++);
    }
  }

  private void askHop(int ttl) {
    tries[ttl] = 1;
    for (int i = 0; i < options.samples(); i++) {
      ask(ttl, 0);
    }
  }

  private void ask(int ttl, int flowNumber) {
    if (asked[ttl] == indexes) {
      return;
    }
    int index = asked[ttl]++;
    int probe = probe(ttl, index);
    status[probe] = WAITING;
    flow[probe] = (byte) flowNumber;
    sentReal[probe] = 0;
    // A large packet may vanish where a small one does not.
    octets[probe] = (short) (options.discoverMtu() && tries[ttl] > 1 ? LEAST_OCTETS : size);
    waiting[ttl]++;
    probes.ask(ttl, index);
  }

  private int probe(int ttl, int index) {
    return ttl * indexes + index;
  }

  /// Whether a probe still has to be sent: the end of the path may have become known meanwhile.
  boolean isWanted(int ttl, int index) {
    return !done && status[probe(ttl, index)] == WAITING && ttl <= limit();
  }

  int flow(int ttl, int index) {
    return flow[probe(ttl, index)];
  }

  int octets(int ttl, int index) {
    return octets[probe(ttl, index)];
  }

  /// Notes when a probe was sent, by the clock of the kernel's time stamps and by the other.
  void sent(int ttl, int index, long real, long monotonic) {
    int probe = probe(ttl, index);
    sentReal[probe] = real;
    sentMonotonic[probe] = monotonic;
  }

  /// Notes an answer.
  ///
  /// @param why the error of [Answer#ERROR], or of the target
  /// @param stamp when it was received, as the kernel noted; 0 if it did not
  Use answered(
      int ttl,
      int index,
      Answer answer,
      @Nullable HopError why,
      long high,
      long low,
      PacketExtensions extension,
      long stamp,
      long now,
      TraceMemory memory) {
    if (done || ttl < 1 || ttl >= asked.length || index >= asked[ttl]) {
      return Use.NONE;
    }
    int probe = probe(ttl, index);
    boolean late = status[probe] == LOST;
    if (status[probe] == ANSWERED) {
      return Use.DUPLICATE;
    }
    if (status[probe] == NOT_SENT || status[probe] == TOO_LARGE) {
      return Use.NONE;
    }
    if (!late) {
      waiting[ttl]--;
    }
    status[probe] = ANSWERED;
    answers[ttl]++;
    fromHigh[probe] = high;
    fromLow[probe] = low;
    error[probe] = why;
    extensions[probe] = extension;
    rtt[probe] = rtt(probe, stamp, now);
    if (flow[probe] == 0) {
      note(ttl, answer, high, low);
    }
    advance(memory, now);
    return late ? Use.LATE : Use.IN_TIME;
  }

  /// The kernel's clock may have been set meanwhile; then the other one is less precise, but right.
  private long rtt(int probe, long stamp, long now) {
    long most = now - sentMonotonic[probe];
    long stamped = stamp - sentReal[probe];
    return stamp == 0 || stamped < 0 || stamped > most + 1_000_000 ? most : stamped;
  }

  /// The time of the answer of a probe in nanoseconds.
  long rtt(int ttl, int index) {
    return rtt[probe(ttl, index)];
  }

  private void note(int ttl, Answer answer, long high, long low) {
    switch (answer) {
      case HOP -> {
        for (int other = 1; other < asked.length; other++) {
          if (Math.abs(other - ttl) > 1
              && path[2 * other] == high
              && path[2 * other + 1] == low
              && other < limit()) {
            loopAt = Math.min(loopAt, Math.max(other, ttl));
          }
        }
        highest = Math.max(highest, ttl);
      }
      case TARGET -> distance = Math.min(distance, ttl);
      case ERROR -> unreachableAt = Math.min(unreachableAt, ttl);
    }
    path[2 * ttl] = high;
    path[2 * ttl + 1] = low;
  }

  /// A router asked for smaller packets.
  ///
  /// @param most what the link behind it takes, in octets; 0 if it does not say
  Use tooBig(int ttl, int index, long high, long low, int most, long now, TraceMemory memory) {
    if (done || ttl < 1 || ttl >= asked.length || index >= asked[ttl]) {
      return Use.NONE;
    }
    int probe = probe(ttl, index);
    if (status[probe] != WAITING) {
      return status[probe] == ANSWERED ? Use.DUPLICATE : Use.NONE;
    }
    status[probe] = TOO_LARGE;
    waiting[ttl]--;
    int smaller = smaller(octets[probe], most);
    if (smaller < size && shrinks < MOST_SHRINKS) {
      mtuFrom[2 * shrinks] = high;
      mtuFrom[2 * shrinks + 1] = low;
      mtu[shrinks++] = smaller;
      size = smaller;
    }
    if (octets[probe] > size && ttl <= limit()) {
      ask(ttl, 0);
    }
    advance(memory, now);
    return Use.IN_TIME;
  }

  private static int smaller(int than, int most) {
    if (most >= LEAST_OCTETS && most < than) {
      return most;
    }
    for (int plateau : PLATEAUS) {
      if (plateau < than) {
        return plateau;
      }
    }
    return LEAST_OCTETS;
  }

  /// The time of a probe is over.
  void timedOut(int ttl, int index, long now, TraceMemory memory) {
    int probe = probe(ttl, index);
    if (done || status[probe] != WAITING) {
      return;
    }
    status[probe] = LOST;
    waiting[ttl]--;
    if (!widening
        && waiting[ttl] == 0
        && answers[ttl] == 0
        && ttl < limit()
        && tries[ttl] < options.attempts()) {
      tries[ttl]++;
      ask(ttl, 0);
    }
    advance(memory, now);
  }

  /// The system did not take a probe.
  void notSent(int ttl, int index, String reason, long now, TraceMemory memory) {
    int probe = probe(ttl, index);
    if (done || status[probe] != WAITING) {
      return;
    }
    status[probe] = NOT_SENT;
    waiting[ttl]--;
    notSent = reason;
    advance(memory, now);
  }

  /// A router near this machine may not be asked so often.
  void skip(int ttl, int index, long now, TraceMemory memory) {
    int probe = probe(ttl, index);
    status[probe] = NOT_SENT;
    waiting[ttl]--;
    advance(memory, now);
  }

  /// The probe with the lowest TTL that waits behind all that answered, as TTL * 256 + index; -1 if
  /// there is none. For answers that do not say which probe they belong to.
  int lowestWaiting() {
    for (int ttl = highest + 1; ttl < next; ttl++) {
      for (int index = 0; index < asked[ttl]; index++) {
        if (status[probe(ttl, index)] == WAITING) {
          return ttl << 8 | index;
        }
      }
    }
    return -1;
  }

  boolean isDone() {
    return done;
  }

  /// The TTL at which the path ends, or [#UNKNOWN].
  private int limit() {
    return Math.min(distance, Math.min(unreachableAt, loopAt));
  }

  private void advance(TraceMemory memory, long now) {
    if (done) {
      return;
    }
    if (!notSent.isEmpty() && highest < first && limit() == UNKNOWN) {
      done = true; // nothing was sent, and nothing will be
      return;
    }
    if (!retreated) {
      retreat(memory, now);
    }
    if (!widening) {
      extend();
      if (!retreated || isAnyWaiting()) {
        return;
      }
      widening = true;
    }
    if (options.multipath()) {
      widen();
      if (isAnyWaiting()) {
        return;
      }
    }
    done = true;
  }

  /// Once the router half way is known: what is before it.
  private void retreat(TraceMemory memory, long now) {
    boolean answered = path[2 * first] != 0 || path[2 * first + 1] != 0;
    if (!answered && waiting[first] > 0) {
      return;
    }
    retreated = true;
    if (answered && distance > first) {
      long[] before =
          memory.before(path[2 * first], path[2 * first + 1], first, now).orElse(new long[0]);
      if (before.length > 0) {
        System.arraycopy(before, 0, path, 2, before.length);
        return;
      }
    }
    lowest = 1;
    for (int ttl = first - 1; ttl >= 1; ttl--) {
      askHop(ttl);
    }
  }

  private void extend() {
    if (limit() != UNKNOWN) {
      return;
    }
    int ahead = WINDOW;
    for (int ttl = highest + 1; ttl < next; ttl++) {
      ahead = options.silentHops();
      if (waiting[ttl] > 0 && tries[ttl] == 1) {
        return; // what is asked already may be the end
      }
    }
    int last = Math.min(options.maxTtl(), highest + ahead);
    while (next <= last) {
      askHop(next++);
    }
  }

  private boolean isAnyWaiting() {
    int last = last();
    for (int ttl = lowest; ttl <= last; ttl++) {
      if (waiting[ttl] > 0) {
        return true;
      }
    }
    return false;
  }

  /// Asks with further flows where there may be further routers.
  private void widen() {
    int last = Math.min(last(), distance - 1);
    for (int ttl = lowest; ttl <= last; ttl++) {
      int routers = Math.min(routers(ttl), ENOUGH_FLOWS.length - 1);
      while (routers > 0 && flows[ttl] < ENOUGH_FLOWS[routers] && asked[ttl] < indexes) {
        ask(ttl, flows[ttl]++);
      }
    }
  }

  private int routers(int ttl) {
    int routers = 0;
    for (int index = 0; index < asked[ttl]; index++) {
      if (status[probe(ttl, index)] == ANSWERED && firstOfSame(ttl, index) == index) {
        routers++;
      }
    }
    return routers;
  }

  /// The first probe of a TTL that the same router answered.
  private int firstOfSame(int ttl, int index) {
    int probe = probe(ttl, index);
    for (int other = 0; other < index; other++) {
      int earlier = probe(ttl, other);
      if (status[earlier] == ANSWERED
          && fromHigh[earlier] == fromHigh[probe]
          && fromLow[earlier] == fromLow[probe]) {
        return other;
      }
    }
    return index;
  }

  /// The last TTL of the path, as far as it is known.
  int last() {
    return Math.min(limit(), next - 1);
  }

  /// The first TTL that was asked: those before are remembered.
  int lowest() {
    return lowest;
  }

  /// Two numbers for each TTL from 1 on, 0 where nothing answered.
  long[] path() {
    return Arrays.copyOfRange(path, 2, 2 + 2 * last());
  }

  TraceEnd end() {
    if (distance != UNKNOWN && distance <= limit()) {
      return TraceEnd.REACHED;
    }
    if (unreachableAt != UNKNOWN && unreachableAt <= limit()) {
      return TraceEnd.UNREACHABLE;
    }
    if (loopAt != UNKNOWN) {
      return TraceEnd.LOOP;
    }
    if (!notSent.isEmpty()) {
      return TraceEnd.NOT_SENT; // the network here is gone, perhaps in the middle of the trace
    }
    return highest == options.maxTtl() ? TraceEnd.MAX_TTL : TraceEnd.SILENCE;
  }

  /// Why the system did not take probes; empty if it did.
  String notSentReason() {
    return notSent;
  }

  /// How many probes there were at a TTL, with those that were not sent.
  int probes(int ttl) {
    return asked[ttl];
  }

  boolean wasSent(int ttl, int index) {
    int probe = probe(ttl, index);
    return status[probe] != NOT_SENT && status[probe] != TOO_LARGE && sentReal[probe] != 0;
  }

  boolean wasAnswered(int ttl, int index) {
    return status[probe(ttl, index)] == ANSWERED;
  }

  /// Whether an earlier probe of the TTL was answered by the same router.
  boolean isOfKnownRouter(int ttl, int index) {
    return firstOfSame(ttl, index) != index;
  }

  boolean isSameRouter(int ttl, int one, int other) {
    int a = probe(ttl, one);
    int b = probe(ttl, other);
    return fromHigh[a] == fromHigh[b] && fromLow[a] == fromLow[b];
  }

  long fromHigh(int ttl, int index) {
    return fromHigh[probe(ttl, index)];
  }

  long fromLow(int ttl, int index) {
    return fromLow[probe(ttl, index)];
  }

  @Nullable HopError error(int ttl, int index) {
    return error[probe(ttl, index)];
  }

  PacketExtensions extensions(int ttl, int index) {
    PacketExtensions found = extensions[probe(ttl, index)];
    return found == null ? PacketExtensions.NONE : found;
  }

  /// The largest packet that the link behind a router takes; 0 if the router did not say it.
  int mtu(long high, long low) {
    for (int i = 0; i < shrinks; i++) {
      if (mtuFrom[2 * i] == high && mtuFrom[2 * i + 1] == low) {
        return mtu[i];
      }
    }
    return 0;
  }
}
