package dev.rollcall.server.address;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Authority;
import dev.rollcall.probes.Resolver;
import inet.ipaddr.IPAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// Looks up only public addresses, for what people with accounts let this server call: otherwise a
/// URL would be a way into the network of the operator.
///
/// A name is looked up once, and what connects takes the addresses from here, also after each
/// redirect. So the spelling of a host does not matter, and neither does a name that leads
/// elsewhere a moment later. A host with one address that is not public is refused whole: which of
/// its addresses would be called is a matter of chance.
public final class PublicResolver implements Resolver {
  private final Resolver resolver;
  private final Blocks allowed;

  /// @param allowed what may be called although it is not public
  public PublicResolver(Resolver resolver, Blocks allowed) {
    this.resolver = resolver;
    this.allowed = allowed;
  }

  @Override
  public List<InetAddress> resolve(String host, Duration within)
      throws UnknownHostException, TimeoutException, ProbeFailure, InterruptedException {
    List<InetAddress> addresses = resolver.resolve(host, within);
    for (InetAddress address : addresses) {
      if (!permits(Addresses.of(address.getAddress()))) {
        throw new ProbeFailure("the host has an address that may not be called from here");
      }
    }
    return addresses;
  }

  /// Whether the host of this URL is a name, or an address that is public or allowed, in all
  /// spellings that are connected to. So a mistake is told at once; what counts is the address that
  /// is connected to.
  public boolean permits(URI url) {
    try {
      return permits(Authority.of(url, 1).host());
    } catch (IllegalArgumentException e) {
      return true; // there is no host
    }
  }

  /// The same for the host alone.
  public boolean permits(String host) {
    return literal(plain(host))
        .map(address -> permits(Addresses.of(address.getAddress())))
        .orElse(true);
  }

  private static String plain(String host) {
    try {
      return new Authority(host, 1).host().replaceFirst("\\.$", "");
    } catch (IllegalArgumentException e) {
      return host;
    }
  }

  /// An address in a URL, IPv4 in all forms that curl takes.
  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(Inet4Address.ofPosixLiteral(host));
    } catch (IllegalArgumentException notIpv4) {
      try {
        return Optional.of(InetAddress.ofLiteral(host.replaceAll("[\\[\\]]|%.*", "")));
      } catch (IllegalArgumentException name) {
        return Optional.empty();
      }
    }
  }

  /// Whether the address, and each IPv4 address inside it, is public or allowed.
  boolean permits(IPAddress address) {
    return SpecialAddresses.faces(address).stream()
        .allMatch(face -> !SpecialAddresses.contain(face) || allowed.contain(face));
  }
}
