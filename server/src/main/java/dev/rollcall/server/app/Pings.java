package dev.rollcall.server.app;

import dev.rollcall.icmp.IcmpUnavailableException;
import dev.rollcall.icmp.PingResult;
import dev.rollcall.icmp.PingStatus;
import dev.rollcall.icmp.Pinger;
import dev.rollcall.icmp.PingerOptions;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.RoundTrips;
import dev.rollcall.probes.EchoSender;
import dev.rollcall.server.address.Addresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Pings for all services, with one pinger, which is opened by the first ping. There is no gap for
/// prefixes: services are often all in one, and are those of whoever runs this.
final class Pings implements EchoSender, AutoCloseable {
  /// Ten thousand services with five packets every 15 s need 3,300 packets a second.
  private static final int MOST_A_SECOND = 20_000;

  /// They are on their way for up to three seconds, and their places rest as long.
  private static final int MOST_IN_FLIGHT = 1 << 15;

  private @Nullable Pinger pinger;
  private boolean closed;

  @Override
  public Replies send(InetAddress target, int count, Duration gap, Duration wait)
      throws ProbeFailure, InterruptedException {
    List<PingResult> results;
    try {
      results = pinger().ping(target, count, gap, wait);
    } catch (IcmpUnavailableException e) {
      throw ProbeFailure.here(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      throw ProbeFailure.here("Rollcall is closing");
    }
    return replies(results);
  }

  /// What this machine has lost itself counts neither as sent nor as lost.
  private static Replies replies(List<PingResult> results) {
    List<Duration> times = new ArrayList<>();
    Optional<String> error = Optional.empty();
    int sent = 0;
    for (PingResult result : results) {
      if (result.status() == PingStatus.REPLY) {
        times.add(result.rtt());
      } else if (result.status() != PingStatus.TIMEOUT) {
        error = error.or(() -> Optional.of(error(result)));
      }
      if (result.status() != PingStatus.NOT_SENT && result.status() != PingStatus.UNKNOWN) {
        sent++;
      }
    }
    return new Replies(new RoundTrips(sent, times), error);
  }

  private static String error(PingResult result) {
    InetAddress from = result.from();
    return from == null || from.equals(result.target())
        ? result.reason()
        : result.reason() + " (from " + Addresses.text(Addresses.of(from.getAddress())) + ")";
  }

  private synchronized Pinger pinger() {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    if (pinger == null) {
      PingerOptions options = PingerOptions.defaults().withPacketsPerSecond(MOST_A_SECOND);
      pinger =
          Pinger.open(
              options.withGaps(options.targetGap(), Duration.ZERO).withInFlight(MOST_IN_FLIGHT));
    }
    return pinger;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (pinger != null) {
      pinger.close();
    }
  }
}
