package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// Looks up the addresses of a host.
///
/// A probe connects only to addresses from its resolver, also after each redirect. So a resolver
/// that rejects an address keeps all its probes away from it.
@FunctionalInterface
public interface Resolver {
  /// The addresses of `host` in the order to try them, at least one. `host` is a name or a literal
  /// address (IPv6 without brackets). Blocks at most for `within`.
  ///
  /// @throws UnknownHostException if there is no such host
  /// @throws TimeoutException if there was no answer in time
  /// @throws ProbeFailure if the host must not be reached, or this machine cannot look it up now
  List<InetAddress> resolve(String host, Duration within)
      throws UnknownHostException, TimeoutException, ProbeFailure, InterruptedException;

  /// The name lookup of the operating system. A lookup that hangs does not delay others. One
  /// instance for the whole program; its threads end when they are idle.
  static Resolver system() {
    return SystemResolver.INSTANCE;
  }

  /// The same with threads of its own, for names that strangers choose: any number of names whose
  /// name servers are silent leaves the threads of [#system] alone.
  static Resolver ofStrangers() {
    return SystemResolver.OF_STRANGERS;
  }
}
