package dev.rollcall.server.node;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.node.Measurement.Hop;
import dev.rollcall.server.node.Measurement.Trace;
import dev.rollcall.server.node.Measurement.TraceMethod;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Measures nothing: every target answers, over two routers whose addresses follow from its own.
/// Each round trip takes a nanosecond longer than the one before, so that no two results are equal.
public final class StandIn implements Measurer {
  private static final int COUNT = 4;

  /// All that it was asked to measure, in order.
  public final List<String> measured = new CopyOnWriteArrayList<>();

  private final AtomicLong rtt;

  /// @param first the first round trip, in nanoseconds
  public StandIn(long first) {
    this.rtt = new AtomicLong(first);
  }

  @Override
  public List<Measurement> measure(List<IPAddress> targets) {
    targets.stream().map(Addresses::text).forEach(measured::add);
    return targets.stream().map(this::found).toList();
  }

  private Measurement found(IPAddress target) {
    return found(target, rtt.getAndIncrement());
  }

  static Measurement found(IPAddress target, long rtt) {
    byte[] router = target.getBytes().clone();
    router[router.length - 1] = (byte) 254;
    return new Measurement(
        target,
        COUNT,
        COUNT,
        Duration.ofNanos(rtt),
        Instant.parse("2026-11-29T12:00:00Z"),
        Optional.empty(),
        Optional.of(
            new Trace(
                TraceMethod.ICMP,
                true,
                Optional.empty(),
                List.of(
                    new Hop(1, Optional.of(Addresses.of(router)), Duration.ofNanos(1_000)),
                    new Hop(2, Optional.empty(), Duration.ZERO),
                    new Hop(3, Optional.of(target), Duration.ofNanos(rtt))))),
        COUNT + 3);
  }
}
