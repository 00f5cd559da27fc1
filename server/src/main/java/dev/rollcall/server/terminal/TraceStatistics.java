package dev.rollcall.server.terminal;

import dev.rollcall.icmp.Hop;
import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.Trace;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What several traces to one target found at each hop.
final class TraceStatistics {
  /// One hop over all traces.
  static final class AtTtl {
    private final Set<InetAddress> addresses = new LinkedHashSet<>();
    private final RttHistogram rtts = new RttHistogram();
    private int sent;
    private int answered;
    private long last = -1;
    private long steps;
    private int stepCount;

    private void add(Hop hop) {
      sent += hop.sent();
      answered += hop.answered();
      for (HopNode node : hop.nodes()) {
        addresses.add(node.address());
        for (Duration rtt : node.rtts()) {
          long nanos = rtt.toNanos();
          rtts.add(nanos);
          if (last >= 0) {
            steps += Math.abs(nanos - last);
            stepCount++;
          }
          last = nanos;
        }
      }
    }

    Set<InetAddress> addresses() {
      return addresses;
    }

    int sent() {
      return sent;
    }

    RttHistogram rtts() {
      return rtts;
    }

    /// The last time in nanoseconds; -1 if there was none.
    long last() {
      return last;
    }

    double lossPercent() {
      return sent == 0 ? 0 : 100.0 * (sent - answered) / sent;
    }

    /// The mean difference between one time and the next, in nanoseconds.
    double jitter() {
      return stepCount == 0 ? 0 : (double) steps / stepCount;
    }
  }

  private final List<AtTtl> hops = new ArrayList<>();
  private int traces;

  void add(Trace trace) {
    traces++;
    for (Hop hop : trace.hops()) {
      while (hops.size() < hop.ttl()) {
        hops.add(new AtTtl());
      }
      hops.get(hop.ttl() - 1).add(hop);
    }
  }

  int traces() {
    return traces;
  }

  /// From TTL 1 on.
  List<AtTtl> hops() {
    return hops;
  }

  /// Whether a hop answers less than one behind it: then it limits its answers, and nothing is lost
  /// there.
  boolean limits(int index) {
    double loss = hops.get(index).lossPercent();
    return loss > 0
        && hops.stream()
            .skip(index + 1L)
            .anyMatch(hop -> !hop.addresses.isEmpty() && hop.lossPercent() < loss);
  }
}
