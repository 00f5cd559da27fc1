package dev.rollcall.server.target;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Addresses;
import inet.ipaddr.IPAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/// Looks up host names among new targets. The pool contains only addresses, so that the policy
/// checks what is measured, and not what a name means at the moment.
final class HostLookup {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_ADDRESSES = 16;

  private final Resolver resolver;

  HostLookup(Resolver resolver) {
    this.resolver = resolver;
  }

  /// Starts to look up a name. The future fails with a phrase that follows the name.
  Future<List<IPAddress>> lookUp(String name) {
    FutureTask<List<IPAddress>> task = new FutureTask<>(() -> addresses(name));
    Thread.ofVirtual().name("lookup").start(task);
    return task;
  }

  private List<IPAddress> addresses(String name) throws InterruptedException {
    try {
      return resolver.resolve(name, PATIENCE).stream()
          .map(InetAddress::getAddress)
          .map(Addresses::of)
          .limit(MOST_ADDRESSES)
          .toList();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("is the name of no host", e);
    } catch (TimeoutException e) {
      throw new IllegalArgumentException("was not found in time: try again", e);
    } catch (ProbeFailure e) {
      throw new IllegalArgumentException("cannot be looked up now: " + e.getMessage(), e);
    }
  }
}
