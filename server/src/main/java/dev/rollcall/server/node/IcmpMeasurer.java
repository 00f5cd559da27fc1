package dev.rollcall.server.node;

import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import dev.rollcall.icmp.Pinger;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.icmp.SharedRate;
import dev.rollcall.icmp.TraceEnd;
import dev.rollcall.icmp.Tracer;
import dev.rollcall.icmp.TracerOptions;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.node.Measurement.Hop;
import dev.rollcall.server.node.Measurement.Trace;
import dev.rollcall.server.node.Measurement.TraceMethod;
import dev.rollcall.server.node.NodeSettings.PingSettings;
import dev.rollcall.server.time.Durations;
import inet.ipaddr.IPAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Measures with packets of its own: pings all targets at once, and then traces their routes. All
/// that is measured at a time shares one rate.
public final class IcmpMeasurer implements Measurer {
  private final PingSettings settings;
  private final Pinger pinger;
  private final Optional<Tracer> tracer;

  private IcmpMeasurer(PingSettings settings, Pinger pinger, Optional<Tracer> tracer) {
    this.settings = settings;
    this.pinger = pinger;
    this.tracer = tracer;
  }

  /// Opens the sockets.
  ///
  /// @throws dev.rollcall.icmp.IcmpUnavailableException in one line, if nothing can be sent here
  public static IcmpMeasurer open(NodeSettings settings) {
    PingSettings ping = settings.ping();
    SharedRate rate = new SharedRate(settings.rate());
    Pinger pinger =
        Pinger.open(PingerOptions.defaults().withPacketsPerSecond(settings.rate()), rate);
    try {
      return new IcmpMeasurer(ping, pinger, tracer(ping, settings.rate(), rate));
    } catch (RuntimeException e) {
      pinger.close();
      throw e;
    }
  }

  private static Optional<Tracer> tracer(PingSettings ping, int rate, SharedRate shared) {
    if (ping.trace() == TraceMethod.OFF) {
      return Optional.empty();
    }
    TracerOptions options = TracerOptions.defaults();
    return Optional.of(
        Tracer.open(
            options
                .withMethod(method(ping.trace()))
                .withHops(ping.maxTtl(), PingSettings.SILENT_HOPS)
                .withProbes(options.samples(), ping.attempts(), ping.timeout())
                .withRate(rate, options.routerGap(), MeasuringLoop.MOST_UNDER_WAY),
            shared));
  }

  private static dev.rollcall.icmp.TraceMethod method(TraceMethod method) {
    return switch (method) {
      case ICMP -> dev.rollcall.icmp.TraceMethod.ICMP;
      case UDP -> dev.rollcall.icmp.TraceMethod.UDP;
      case TCP -> dev.rollcall.icmp.TraceMethod.TCP;
      case OFF -> throw new IllegalArgumentException("routes are not traced");
    };
  }

  @Override
  public List<Measurement> measure(List<IPAddress> targets) throws InterruptedException {
    List<Measurement> pinged = each(targets, this::ping);
    return tracer.isEmpty() ? pinged : each(pinged, found -> traced(tracer.get(), found));
  }

  private interface Step<T> {
    Measurement of(T target) throws InterruptedException;
  }

  /// Does this for all of them at once. A virtual thread that waits for an answer holds no carrier.
  private static <T> List<Measurement> each(List<T> all, Step<T> step) throws InterruptedException {
    List<Measurement> found = new ArrayList<>(all.size());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        List<Callable<Measurement>> tasks =
            all.stream().<Callable<Measurement>>map(one -> () -> step.of(one)).toList();
        for (Future<Measurement> done : threads.invokeAll(tasks)) {
          found.add(done.get());
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      } finally {
        threads.shutdownNow(); // nothing is left, unless this thread was interrupted
      }
    }
    return found;
  }

  private Measurement ping(IPAddress target) throws InterruptedException {
    Instant begun = Instant.now();
    List<PingResult> results =
        pinger.ping(
            target.toInetAddress(), settings.count(), settings.interval(), settings.timeout());
    // What the system did not take, or may have lost on this machine, says nothing of the target.
    List<PingResult> asked =
        results.stream()
            .filter(
                one -> one.status() != PingStatus.NOT_SENT && one.status() != PingStatus.UNKNOWN)
            .toList();
    List<PingResult> answers =
        asked.stream().filter(one -> one.status() == PingStatus.REPLY).toList();
    long nanos = answers.stream().mapToLong(PingResult::rttNanos).sum();
    Instant at =
        asked.stream().findFirst().map(PingResult::sentAt).filter(begun::isBefore).orElse(begun);
    return new Measurement(
        target,
        asked.size(),
        answers.size(),
        answers.isEmpty() ? Duration.ZERO : Duration.ofNanos(nanos / answers.size()),
        at,
        answers.isEmpty() ? Optional.of(reason(results)) : Optional.empty(),
        Optional.empty(),
        (int) results.stream().filter(one -> one.status() != PingStatus.NOT_SENT).count());
  }

  private String reason(List<PingResult> results) {
    return results.stream()
        .map(PingResult::reason)
        .filter(words -> !words.isBlank())
        .findFirst()
        .orElse("no answer within " + Durations.text(settings.timeout()));
  }

  private static Measurement traced(Tracer tracer, Measurement found) throws InterruptedException {
    dev.rollcall.icmp.Trace trace = tracer.trace(found.target().toInetAddress());
    if (trace.end() == TraceEnd.INTERRUPTED) {
      return found;
    }
    return new Measurement(
        found.target(),
        found.sent(),
        found.received(),
        found.averageRtt(),
        found.at(),
        found.error(),
        Optional.of(
            new Trace(
                TraceMethod.valueOf(trace.method().name()),
                trace.reached(),
                error(trace),
                trace.hops().stream().flatMap(IcmpMeasurer::hops).toList())),
        found.packets() + trace.sent());
  }

  private static Optional<String> error(dev.rollcall.icmp.Trace trace) {
    return switch (trace.end()) {
      case REACHED, INTERRUPTED -> Optional.empty();
      case UNREACHABLE, NOT_SENT -> Optional.of(trace.reason());
      case LOOP -> Optional.of("packets go in a circle");
      case SILENCE -> Optional.of("no more routers answer");
      case MAX_TTL -> Optional.of("it is further away than the largest TTL");
    };
  }

  /// One for each router, or one without an address.
  private static Stream<Hop> hops(dev.rollcall.icmp.Hop hop) {
    return hop.nodes().isEmpty()
        ? Stream.of(new Hop(hop.ttl(), Optional.empty(), Duration.ZERO))
        : hop.nodes().stream().map(node -> hop(hop.ttl(), node));
  }

  /// The time of one that is only remembered is not known.
  private static Hop hop(int ttl, HopNode node) {
    long nanos = (long) node.rtts().stream().mapToLong(Duration::toNanos).average().orElse(0);
    return new Hop(
        ttl, Optional.of(Addresses.of(node.address().getAddress())), Duration.ofNanos(nanos));
  }

  @Override
  public void close() {
    tracer.ifPresent(Tracer::close);
    pinger.close();
  }
}
