package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// Turns a host's name into the addresses to connect to.
///
/// A probe connects to nothing but what its resolver gave, on every redirect anew; a resolver that
/// refuses an address therefore keeps every probe made with it away from there.
@FunctionalInterface
public interface Resolver {
  /// The addresses of `host` in the order to try them, at least one. `host` is a name or a literal
  /// address (IPv6 without brackets). Blocks no longer than `within`.
  ///
  /// @throws UnknownHostException if there is no such host
  /// @throws TimeoutException if nothing was known in time
  /// @throws ProbeFailure if the host must not be reached, or this machine cannot look it up now
  List<InetAddress> resolve(String host, Duration within)
      throws UnknownHostException, TimeoutException, ProbeFailure, InterruptedException;

  /// The operating system's way to look up names, made so that names whose lookup hangs delay no
  /// others. One for the whole program; its threads end by themselves when idle.
  static Resolver system() {
    return SystemResolver.INSTANCE;
  }
}
