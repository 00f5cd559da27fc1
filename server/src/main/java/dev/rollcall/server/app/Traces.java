package dev.rollcall.server.app;

import dev.rollcall.icmp.Hop;
import dev.rollcall.icmp.HopNode;
import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.Trace;
import dev.rollcall.icmp.TraceEnd;
import dev.rollcall.icmp.Tracer;
import dev.rollcall.icmp.TracerOptions;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.path.PathTracer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Traces the paths to all services, with one tracer, which is opened by the first trace.
final class Traces implements PathTracer, AutoCloseable {
  private static final int ATTEMPTS = 2;
  private static final Duration FOR_AN_ANSWER = Duration.ofSeconds(1);

  private @Nullable Tracer tracer;
  private boolean closed;

  @Override
  public Path trace(InetAddress target) throws ProbeFailure, InterruptedException {
    Trace trace;
    try {
      trace = tracer().trace(target);
    } catch (IcmpUnavailableException e) {
      throw ProbeFailure.here(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw ProbeFailure.here("Rollcall is closing");
    }
    if (trace.end() == TraceEnd.NOT_SENT || trace.end() == TraceEnd.INTERRUPTED) {
      throw ProbeFailure.here("cannot trace: " + trace.reason());
    }
    return new Path(
        trace.hops().stream()
            .map(Hop::nodes)
            .map(
                nodes ->
                    nodes.stream()
                        .map(HopNode::address)
                        .map(address -> Addresses.text(Addresses.of(address.getAddress())))
                        .collect(Collectors.toSet()))
            .toList(),
        trace.reached());
  }

  /// Each router is asked anew: what an earlier trace went through may have changed.
  private synchronized Tracer tracer() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (tracer == null) {
      tracer =
          Tracer.open(
              TracerOptions.defaults()
                  .withRemember(Duration.ZERO)
                  .withProbes(1, ATTEMPTS, FOR_AN_ANSWER));
    }
    return tracer;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (tracer != null) {
      tracer.close();
    }
  }
}
