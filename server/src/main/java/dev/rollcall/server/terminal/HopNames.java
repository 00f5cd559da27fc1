package dev.rollcall.server.terminal;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.ReverseNames;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;

/// The names of routers, if they are to be looked up.
public final class HopNames {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /// As many as a trace has hops.
  private static final int AT_ONCE = 64;

  private final boolean lookUp;
  private final ReverseNames names = new ReverseNames(AT_ONCE);

  /// @param lookUp whether to look names up at all
  public HopNames(boolean lookUp) {
    this.lookUp = lookUp;
  }

  /// Begins a lookup, so that its answer is there when it is wanted.
  void expect(InetAddress address) {
    if (lookUp) {
      names.expect(address);
    }
  }

  /// `name (address)`, or the address alone.
  String shown(InetAddress address) throws InterruptedException {
    String name = name(address);
    return name.isEmpty() ? text(address) : name + " (" + text(address) + ")";
  }

  /// The name of an address; empty if it has none, or none in time.
  String name(InetAddress address) throws InterruptedException {
    return lookUp ? names.name(address, PATIENCE).orElse("") : "";
  }

  /// An address in its canonical form.
  static String text(InetAddress address) {
    return address instanceof Inet4Address
        ? address.getHostAddress() // without the library, which takes long to load
        : Addresses.text(Addresses.of(address.getAddress()));
  }
}
