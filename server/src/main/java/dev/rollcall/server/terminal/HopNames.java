package dev.rollcall.server.terminal;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.ReverseNames;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The names of routers, if they are to be looked up. Several threads may use one at once.
public final class HopNames {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// As many as a trace has hops.
  private static final int AT_ONCE = 64;

  private final boolean lookUp;
  private final ReverseNames names;
  private final Map<InetAddress, Long> begun = new ConcurrentHashMap<>();

  /// @param lookUp whether to look names up at all
  public HopNames(boolean lookUp) {
    this(lookUp, new ReverseNames(AT_ONCE));
  }

  HopNames(boolean lookUp, ReverseNames names) {
    this.lookUp = lookUp;
    this.names = names;
  }

  /// Begins a lookup, so that its answer is there when it is wanted.
  void expect(InetAddress address) {
    if (lookUp && begun.putIfAbsent(address, System.nanoTime()) == null) {
      names.expect(address);
    }
  }

  /// `name (address)`, or the address alone.
  String shown(InetAddress address) throws InterruptedException {
    return shown(address, name(address));
  }

  /// The same with a name only if it is known already.
  String shownNow(InetAddress address) throws InterruptedException {
    return shown(address, lookUp ? names.name(address, Duration.ZERO).orElse("") : "");
  }

  private static String shown(InetAddress address, String name) {
    return name.isEmpty() ? text(address) : name + " (" + text(address) + ")";
  }

  /// The name of an address; empty if it has none, or none in time. What several hops wait for,
  /// they wait for together.
  String name(InetAddress address) throws InterruptedException {
    if (!lookUp) {
      return "";
    }
    expect(address);
    long since = System.nanoTime() - begun.getOrDefault(address, System.nanoTime());
    Duration left = PATIENCE.minusNanos(since);
    return names.name(address, left.isNegative() ? Duration.ZERO : left).orElse("");
  }

  /// An address in its canonical form.
  static String text(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress() // without the library, which takes long to load
        : Addresses.text(Addresses.of(address.getAddress()));
  }
}
