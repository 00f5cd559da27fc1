package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.RoundTrips;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/// Sends ICMP echo requests: what a [PingProbe] pings with. Several threads may use one at once.
@FunctionalInterface
public interface EchoSender {
  /// What came back.
  ///
  /// @param trips of the packets that left; those that this machine itself dropped are not lost
  /// @param error what a router or the target said instead of an answer, if one did: `host
  ///   unreachable (from 192.0.2.1)`
  record Replies(RoundTrips trips, Optional<String> error) {}

  /// Pings one address, and blocks until each packet was answered or is lost.
  ///
  /// @param count the number of packets
  /// @param gap from one packet to the next
  /// @param wait a packet that is not answered within this time is lost
  /// @throws ProbeFailure if this machine cannot send: no right, no route, no socket
  Replies send(InetAddress target, int count, Duration gap, Duration wait)
      throws ProbeFailure, InterruptedException;

  /// One that cannot send.
  static EchoSender none() {
    return (target, count, gap, wait) -> {
      throw ProbeFailure.here("ping needs an engine for ICMP: give Probes an EchoSender");
    };
  }
}
