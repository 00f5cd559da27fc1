package dev.rollcall.server.terminal;

import dev.rollcall.server.address.Addresses;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The names of routers: reverse lookups, each on a thread of its own, because the JDK's lookup
/// holds the carrier of a virtual thread.
public final class HopNames {
  private static final long PATIENCE_MILLIS = 1000;

  private final boolean lookUp;
  private final Map<InetAddress, FutureTask<String>> names = new ConcurrentHashMap<>();

  /// @param lookUp whether to look names up at all
  public HopNames(boolean lookUp) {
    this.lookUp = lookUp;
  }

  /// Begins a lookup, so that its answer is there when it is wanted.
  void expect(InetAddress address) {
    if (lookUp) {
      names.computeIfAbsent(address, HopNames::begun);
    }
  }

  private static FutureTask<String> begun(InetAddress address) {
    FutureTask<String> lookup = new FutureTask<>(address::getCanonicalHostName);
    Thread.ofPlatform().daemon().name("hop-name").start(lookup);
    return lookup;
  }

  /// `name (address)`, or the address alone.
  String shown(InetAddress address) throws InterruptedException {
    String name = name(address);
    return name.isEmpty() ? text(address) : name + " (" + text(address) + ")";
  }

  /// The name of an address; empty if it has none, or none in time.
  String name(InetAddress address) throws InterruptedException {
    expect(address);
    FutureTask<String> lookup = names.get(address);
    if (lookup == null) {
      return "";
    }
    try {
      String name = lookup.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      return name.equals(address.getHostAddress()) ? "" : printable(name);
    } catch (ExecutionException | TimeoutException e) {
      return "";
    }
  }

  /// A name comes from a stranger.
  private static String printable(String name) {
    return name.replaceAll("[^\\p{L}\\p{N}._:-]", "?");
  }

  static String text(InetAddress address) {
    return Addresses.text(Addresses.of(address.getAddress()));
  }
}
