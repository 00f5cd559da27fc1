package dev.rollcall.icmp;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Makes a [Trace] of a [TraceRun] that is done.
final class TraceResult {
  private final TraceRun run;
  private final ProbeTable probes;
  private final IpFamily family;
  private final TraceMemory memory;
  private final long now;

  /// @param now by the monotonic clock
  TraceResult(TraceRun run, IpFamily family, TraceMemory memory, long now) {
    this.run = run;
    this.probes = run.probes();
    this.family = family;
    this.memory = memory;
    this.now = now;
  }

  Trace trace(
      InetAddress target, TraceMethod method, Instant startedAt, Duration took, TraceEnd end) {
    int last = run.last();
    List<Hop> hops = new ArrayList<>(last);
    long[] path = run.path();
    boolean behind = end == TraceEnd.REACHED;
    for (int ttl = last; ttl >= 1; ttl--) { // from the end, to know whether anything behind answers
      Hop hop = ttl < run.lowest() ? remembered(ttl, path, behind) : hop(ttl, path, behind);
      behind |= !hop.nodes().isEmpty();
      hops.addFirst(hop);
    }
    while (end == TraceEnd.NOT_SENT && !hops.isEmpty() && hops.getLast().sent() == 0) {
      hops.removeLast();
    }
    return new Trace(target, method, startedAt, took, end, reason(end, hops), hops);
  }

  private String reason(TraceEnd end, List<Hop> hops) {
    return switch (end) {
      case NOT_SENT -> run.notSentReason();
      case UNREACHABLE ->
          hops.getLast().nodes().stream()
              .flatMap(node -> node.error().map(error -> words(error, node.address())).stream())
              .findFirst()
              .orElse("");
      case REACHED, LOOP, SILENCE, MAX_TTL, INTERRUPTED -> "";
    };
  }

  private static String words(HopError error, InetAddress from) {
    String what =
        switch (error) {
          case NETWORK -> "network unreachable";
          case HOST -> "host unreachable";
          case PROTOCOL -> "protocol unreachable";
          case PORT -> "port unreachable";
          case PROHIBITED -> "prohibited";
          case OTHER -> "not delivered";
        };
    return what + ", says " + from.getHostAddress();
  }

  private Hop remembered(int ttl, long[] path, boolean behind) {
    long high = path[2 * ttl - 2];
    long low = path[2 * ttl - 1];
    if (high == 0 && low == 0) {
      return new Hop(ttl, stateOfSilent(ttl, path, behind), List.of(), 0, 0, 0);
    }
    HopNode node =
        new HopNode(
            SocketAddress.address(family, high, low),
            List.of(),
            true,
            Optional.empty(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            List.of());
    return new Hop(ttl, HopState.ANSWERED, List.of(node), 0, 0, 0);
  }

  private Hop hop(int ttl, long[] path, boolean behind) {
    List<HopNode> nodes = new ArrayList<>(1);
    int sent = 0;
    int answered = 0;
    int octets = 0;
    for (int index = 0; index < probes.count(ttl); index++) {
      sent += probes.wasSent(ttl, index) ? 1 : 0;
      if (probes.wasAnswered(ttl, index)) {
        answered++;
        octets = Math.max(octets, probes.octets(ttl, index));
        if (!probes.isOfKnownRouter(ttl, index)) {
          nodes.add(node(ttl, index));
        }
      }
    }
    HopState state;
    if (nodes.isEmpty()) {
      state = stateOfSilent(ttl, path, behind);
    } else {
      boolean sparing = behind && answered * 2 < sent;
      state = sparing ? HopState.RATE_LIMITED : HopState.ANSWERED;
    }
    return new Hop(ttl, state, nodes, sent, answered, octets);
  }

  /// A hop that did not answer, but forwards: has the router there answered others lately?
  private HopState stateOfSilent(int ttl, long[] path, boolean behind) {
    boolean known =
        ttl == 1
            ? memory.hasAnsweredBehind(0, 0, 0, now)
            : memory.hasAnsweredBehind(path[2 * ttl - 4], path[2 * ttl - 3], ttl - 1, now);
    return behind && known ? HopState.RATE_LIMITED : HopState.SILENT;
  }

  /// Who answered a probe.
  HopNode answer(int ttl, int index) {
    return node(
        ttl,
        index,
        List.of(Duration.ofNanos(probes.rtt(ttl, index))),
        List.of(probes.flow(ttl, index)),
        Optional.ofNullable(probes.error(ttl, index)),
        probes.extensions(ttl, index));
  }

  private HopNode node(int ttl, int first) {
    List<Duration> rtts = new ArrayList<>();
    List<Integer> flows = new ArrayList<>();
    Optional<HopError> error = Optional.empty();
    PacketExtensions extensions = PacketExtensions.NONE;
    for (int index = first; index < probes.count(ttl); index++) {
      if (probes.wasAnswered(ttl, index) && probes.isSameRouter(ttl, first, index)) {
        rtts.add(Duration.ofNanos(probes.rtt(ttl, index)));
        if (!flows.contains(probes.flow(ttl, index))) {
          flows.add(probes.flow(ttl, index));
        }
        error = error.isEmpty() ? Optional.ofNullable(probes.error(ttl, index)) : error;
        if (extensions.labels().isEmpty() && extensions.interfaces().isEmpty()) {
          extensions = probes.extensions(ttl, index);
        }
      }
    }
    return node(ttl, first, rtts, flows, error, extensions);
  }

  private HopNode node(
      int ttl,
      int index,
      List<Duration> rtts,
      List<Integer> flows,
      Optional<HopError> error,
      PacketExtensions extensions) {
    long high = probes.fromHigh(ttl, index);
    long low = probes.fromLow(ttl, index);
    int mtu = run.mtu(high, low);
    return new HopNode(
        SocketAddress.address(family, high, low),
        rtts,
        false,
        error,
        extensions.labels(),
        extensions.interfaces(),
        mtu == 0 ? OptionalInt.empty() : OptionalInt.of(mtu),
        flows);
  }
}
