package dev.rollcall.server.terminal;

import dev.rollcall.icmp.TracerOptions;
import java.net.InetAddress;
import java.time.Duration;

/// What `rollcall traceroute` does.
///
/// @param name the target as it was given
/// @param target its address
/// @param rounds how many traces; 0 for no end
/// @param interval from the beginning of one trace to that of the next
/// @param names the names of routers
/// @param numbers the numbers of their networks
public record TracePlan(
    String name,
    InetAddress target,
    TracerOptions options,
    int rounds,
    Duration interval,
    HopNames names,
    AsNumbers numbers) {
  String shown(InetAddress address) throws InterruptedException {
    return names.shown(address) + numbers.shown(address);
  }

  /// The same with a name only if it is known already.
  String shownNow(InetAddress address) throws InterruptedException {
    return names.shownNow(address) + numbers.shown(address);
  }

  /// The first line, as `traceroute` has it.
  String title() {
    return "traceroute to %s (%s), %d hops max, %d byte packets"
        .formatted(name, HopNames.text(target), options.maxTtl(), options.octets());
  }
}
