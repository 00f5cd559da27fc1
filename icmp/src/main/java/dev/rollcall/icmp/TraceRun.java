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

  private static final int WINDOW = 4;

  /// So many flows, without a new router, show with 95 % certainty that K routers are all (MDA,
  /// Augustin et al., E2EMON 2007; MDA-lite: Vermeulen et al., IMC 2018).
  private static final int[] ENOUGH_FLOWS = {
    1, 6, 11, 16, 21, 27, 33, 38, 44, 51, 57, 63, 70, 76, 83, 90, 96
  };

  private final TracerOptions options;
  private final Probes probes;
  private final ProbeTable table;
  private final ProbeSize size = new ProbeSize();

  // Of each TTL.
  private final int[] tries;
  private final int[] flows;
  private final long[] path;

  private int first;
  private int lowest;
  private int next;
  private int highest;
  private int distance;
  private int unreachableAt;
  private int loopAt;
  private boolean retreated;
  private boolean widening;
  private boolean done;
  private String notSent = "";

  TraceRun(TracerOptions options, Probes probes) {
    this.options = options;
    this.probes = probes;
    int indexes =
        options.samples()
            + options.attempts()
            + (options.multipath() ? ENOUGH_FLOWS[ENOUGH_FLOWS.length - 1] : 0)
            + (options.discoverMtu() ? ProbeSize.mostShrinks() : 0);
    table = new ProbeTable(options.maxTtl(), indexes);
    int ttls = options.maxTtl() + 1;
    tries = new int[ttls];
    flows = new int[ttls];
    path = new long[2 * ttls];
  }

  /// Begins a trace.
  ///
  /// @param from the TTL to begin with; those before come later
  /// @param to the last TTL of the first window
  void begin(int from, int to) {
    table.clear();
    Arrays.fill(tries, 0);
    Arrays.fill(flows, 1);
    Arrays.fill(path, 0);
    size.begin(options.octets());
    first = Math.min(from, options.maxTtl());
    lowest = first;
    next = first;
    highest = first - 1;
    distance = UNKNOWN;
    unreachableAt = UNKNOWN;
    loopAt = UNKNOWN;
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
    if (table.hasRoom(ttl)) {
      // A large packet may vanish where a small one does not.
      boolean small = options.discoverMtu() && tries[ttl] > 1;
      probes.ask(ttl, table.add(ttl, flowNumber, small ? ProbeSize.LEAST : size.octets()));
    }
  }

  /// Its probes.
  ProbeTable probes() {
    return table;
  }

  /// Whether a probe still has to be sent: the end of the path may have become known meanwhile.
  boolean isWanted(int ttl, int index) {
    return !done && table.isWaiting(ttl, index) && ttl <= limit();
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
    if (done || !table.contains(ttl, index)) {
      return Use.NONE;
    }
    if (table.wasAnswered(ttl, index)) {
      return Use.DUPLICATE;
    }
    if (!table.wasSent(ttl, index)) {
      return Use.NONE; // a guess of somebody
    }
    boolean late = table.isLost(ttl, index);
    table.answered(ttl, index, why, high, low, extension, stamp, now);
    if (table.flow(ttl, index) == 0) {
      note(ttl, answer, high, low);
    }
    advance(memory, now);
    return late ? Use.LATE : Use.IN_TIME;
  }

  private void note(int ttl, Answer answer, long high, long low) {
    switch (answer) {
      case HOP -> {
        for (int other = 1; other <= options.maxTtl(); other++) {
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
    if (done || !table.contains(ttl, index)) {
      return Use.NONE;
    }
    if (!table.isWaiting(ttl, index)) {
      return table.wasAnswered(ttl, index) ? Use.DUPLICATE : Use.NONE;
    }
    table.tooLarge(ttl, index);
    int sent = table.octets(ttl, index);
    size.shrink(sent, most, high, low);
    if (sent > size.octets() && ttl <= limit()) {
      ask(ttl, 0);
    }
    advance(memory, now);
    return Use.IN_TIME;
  }

  /// The time of a probe is over.
  void timedOut(int ttl, int index, long now, TraceMemory memory) {
    if (done || !table.isWaiting(ttl, index)) {
      return;
    }
    table.lost(ttl, index);
    if (!widening
        && table.waiting(ttl) == 0
        && table.answers(ttl) == 0
        && ttl < limit()
        && tries[ttl] < options.attempts()) {
      tries[ttl]++;
      ask(ttl, 0);
    }
    advance(memory, now);
  }

  /// The system did not take a probe.
  void notSent(int ttl, int index, String reason, long now, TraceMemory memory) {
    if (done || !table.isWaiting(ttl, index)) {
      return;
    }
    table.notSent(ttl, index);
    notSent = reason;
    advance(memory, now);
  }

  /// A router near this machine may not be asked so often.
  void skip(int ttl, int index, long now, TraceMemory memory) {
    table.notSent(ttl, index);
    advance(memory, now);
  }

  /// The probe with the lowest TTL that waits behind all that answered, as TTL * 256 + index; -1 if
  /// there is none. For answers that do not say which probe they belong to.
  int lowestWaiting() {
    return table.firstWaiting(highest + 1, next - 1);
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
    if (!answered && table.waiting(first) > 0) {
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
      if (table.waiting(ttl) > 0 && tries[ttl] == 1) {
        return; // what is asked already may be the end
      }
    }
    int last = Math.min(options.maxTtl(), highest + ahead);
    while (next <= last) {
      askHop(next++);
    }
  }

  private boolean isAnyWaiting() {
    return table.isAnyWaiting(lowest, last());
  }

  /// Asks with further flows where there may be further routers.
  private void widen() {
    int last = Math.min(last(), distance - 1);
    for (int ttl = lowest; ttl <= last; ttl++) {
      int routers = Math.min(table.routers(ttl), ENOUGH_FLOWS.length - 1);
      while (routers > 0 && flows[ttl] < ENOUGH_FLOWS[routers] && table.hasRoom(ttl)) {
        ask(ttl, flows[ttl]++);
      }
    }
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

  /// The largest packet that the link behind a router takes; 0 if the router did not say it.
  int mtu(long high, long low) {
    return size.mtu(high, low);
  }
}
