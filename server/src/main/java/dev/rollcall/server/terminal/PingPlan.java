package dev.rollcall.server.terminal;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is pinged, and how.
///
/// @param targets in the order in which they are shown
/// @param count how many pings each gets; 0 is until somebody stops it
/// @param interval from one ping of a target to its next
/// @param timeout how long to wait for a reply
/// @param deadline after so long it ends, whatever is on its way; empty: it does not
/// @param bytes the size of the ICMP message
public record PingPlan(
    List<Target> targets,
    int count,
    Duration interval,
    Duration timeout,
    Optional<Duration> deadline,
    int bytes) {
  /// Keeps the targets as they are.
  public PingPlan {
    targets = List.copyOf(targets);
  }

  /// A host.
  ///
  /// @param name as given
  public record Target(String name, InetAddress address) {
    /// The address, and no name.
    String host() {
      return HopNames.text(address);
    }
  }
}
