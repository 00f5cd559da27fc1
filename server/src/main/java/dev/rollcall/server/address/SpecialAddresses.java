package dev.rollcall.server.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The addresses that are not public: loopback, private, link-local, multicast, documentation and
/// reserved ones.
///
/// Source: IANA's registries of special-purpose addresses (RFC 6890 and its updates). Of IPv6,
/// everything outside of global unicast (`2000::/3`) counts as special, so that blocks that are
/// assigned later do not count as public before somebody has checked them. The methods of the JDK
/// cover neither `fc00::/7` nor IPv4 addresses inside IPv6.
public final class SpecialAddresses {
  private static final Blocks SPECIAL =
      blocks(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // shared by the customers of a provider
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays, no longer in use
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/4", // multicast
          "240.0.0.0/4", // reserved, and broadcast
          "::/3", // unspecified, loopback, IPv4-compatible, local NAT64, discard
          "4000::/2", // unassigned
          "8000::/1", // unassigned, unique local, link-local, site-local, multicast
          "2001::/23", // protocol assignments
          "2001:db8::/32", // documentation
          "3fff::/20"); // documentation

  /// Blocks within the special ones where the IPv4 address inside decides.
  private static final Blocks DECIDED_INSIDE =
      blocks(
          "64:ff9b::/96", // NAT64, RFC 6052
          "2001::/32"); // Teredo, RFC 4380

  private SpecialAddresses() {}

  private static Blocks blocks(String... texts) {
    return new Blocks(Arrays.stream(texts).map(Addresses::block).toList());
  }

  /// The blocks of special addresses, without IPv4 addresses inside IPv6.
  public static List<IPAddress> all() {
    return SPECIAL.all();
  }

  /// Whether the address itself is special, without the addresses inside it: see [#faces].
  public static boolean contain(IPAddress address) {
    return SPECIAL.contain(address) && !DECIDED_INSIDE.contain(address);
  }

  /// The address itself, and the IPv4 addresses that a packet to it may reach: NAT64 (RFC 6052),
  /// 6to4 (RFC 3056), the server and client of Teredo (RFC 4380), ISATAP (RFC 5214). A policy has
  /// to check all of them. (IPv4-mapped addresses are IPv4 already, see [Addresses];
  /// IPv4-compatible ones are special themselves.)
  public static List<IPAddress> faces(IPAddress address) {
    if (!(address instanceof IPv6Address six)) {
      return List.of(address);
    }
    return Stream.concat(Stream.<IPAddress>of(six), inside(six)).toList();
  }

  private static Stream<IPv4Address> inside(IPv6Address six) {
    if (six.isTeredo()) {
      return Stream.of(ipv4(six, 4, 0), ipv4(six, 12, 0xff));
    }
    if (six.is6To4()) {
      return Stream.of(ipv4(six, 2, 0));
    }
    return six.isWellKnownIPv4Translatable() || isIsatap(six)
        ? Stream.of(ipv4(six, 12, 0))
        : Stream.empty();
  }

  /// For any prefix; the library recognizes `fe80::/10` only.
  private static boolean isIsatap(IPv6Address six) {
    return (six.getSegment(4).getSegmentValue() & 0xfdff) == 0
        && six.getSegment(5).getSegmentValue() == 0x5efe;
  }

  private static IPv4Address ipv4(IPv6Address six, int from, int mask) {
    byte[] four = Arrays.copyOfRange(six.getBytes(), from, from + 4);
    for (int i = 0; i < four.length; i++) {
      four[i] ^= (byte) mask;
    }
    return new IPv4Address(four);
  }
}
