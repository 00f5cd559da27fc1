package dev.rollcall.server.address;

import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/// An IPv4 or IPv6 address as 16 bytes, so that all spellings of an address are equal. An IPv4
/// address is stored as the IPv4-mapped IPv6 address (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2), and
/// always written as IPv4.
///
/// Only literals are parsed: no name is looked up. Ranges, zones (`fe80::1%eth0` has a meaning on
/// one machine only) and old spellings of IPv4 (`10.1`, `012.0.0.1`) are rejected.
///
/// @param high the first eight bytes
/// @param low the last eight bytes
public record Address(long high, long low) {
  /// Longer texts are no address: this is the length of eight groups of four with a dotted end.
  public static final int LONGEST = 45;

  private static final long MAPPED = 0xffff_0000_0000L;

  /// The IPv4 address of four bytes, as one number.
  public static Address ofIpv4(int bytes) {
    return new Address(0, MAPPED | Integer.toUnsignedLong(bytes));
  }

  /// Parses an address; empty if the text is none.
  public static Optional<Address> parse(String text) {
    char[] characters = text.toCharArray();
    return parse(characters, 0, characters.length);
  }

  /// The same for a part of an array. Plain IPv4, the most frequent form, is parsed without the
  /// library.
  public static Optional<Address> parse(char[] text, int from, int length) {
    if (length == 0 || length > LONGEST) {
      return Optional.empty();
    }
    long ipv4 = ipv4(text, from, length);
    return ipv4 >= 0 ? Optional.of(ofIpv4((int) ipv4)) : other(new String(text, from, length));
  }

  /// The four bytes of `1.2.3.4`; negative if it does not have this form.
  private static long ipv4(char[] text, int from, int length) {
    if (length < 7 || length > 15) {
      return -1;
    }
    long bytes = 0;
    int value = 0;
    int digits = 0;
    int dots = 0;
    for (int i = from; i < from + length; i++) {
      char c = text[i];
      if (c == '.' && digits > 0 && dots < 3) {
        bytes = bytes << 8 | value;
        value = 0;
        digits = 0;
        dots++;
      } else if (c >= '0' && c <= '9' && !(digits > 0 && value == 0)) {
        value = value * 10 + c - '0';
        digits++;
        if (value > 255) {
          return -1;
        }
      } else {
        return -1;
      }
    }
    return dots == 3 && digits > 0 ? bytes << 8 | value : -1;
  }

  /// Called after plain IPv4 was tried.
  private static Optional<Address> other(String text) {
    return text.indexOf(':') < 0 ? Optional.empty() : Addresses.literal(text).map(Address::of);
  }

  private static Address of(IPAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.toIPv6().getBytes());
    return new Address(bytes.getLong(), bytes.getLong());
  }

  /// The address as a type of the library: IPv4 if it is one.
  IPAddress toIpAddress() {
    return isIpv4() ? new IPv4Address((int) low) : new IPv6Address(bytes(high, low));
  }

  private static byte[] bytes(long high, long low) {
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  /// Whether it is an IPv4 address, in any spelling.
  public boolean isIpv4() {
    return isIpv4(high, low);
  }

  /// The same for its two halves.
  public static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /// The canonical spelling, in which it is stored and sent: dotted, or as in RFC 5952.
  @Override
  public String toString() {
    return text(high, low);
  }

  /// The same for its two halves.
  public static String text(long high, long low) {
    if (isIpv4(high, low)) {
      int bytes = (int) low;
      StringBuilder text = new StringBuilder(15);
      text.append(bytes >>> 24).append('.').append(bytes >>> 16 & 0xff).append('.');
      return text.append(bytes >>> 8 & 0xff).append('.').append(bytes & 0xff).toString();
    }
    return new IPv6Address(bytes(high, low)).toCanonicalString();
  }
}
