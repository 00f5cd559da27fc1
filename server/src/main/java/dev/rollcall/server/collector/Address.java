package dev.rollcall.server.collector;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv6.IPv6Address;
import java.nio.ByteBuffer;
import java.util.Optional;

/// An IPv4 or IPv6 address as 16 bytes, so that two spellings of one address are equal. An IPv4
/// address is the IPv6 address that stands for it (`::ffff:192.0.2.1`, RFC 4291, 2.5.5.2), and is
/// written as IPv4 always.
///
/// Literals alone are read: no name is looked up, and neither ranges, zones (`fe80::1%eth0` means
/// something on one machine only) nor the old spellings of IPv4 (`10.1`, `012.0.0.1`) are taken.
///
/// @param high the first eight bytes
/// @param low the last eight
record Address(long high, long low) {
  /// Longer texts are no address: eight groups of four with a dotted end.
  static final int LONGEST = 45;

  private static final long MAPPED = 0xffff_0000_0000L;

  private static final IPAddressStringParameters LITERALS =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowSingleSegment(false)
          .allowPrefix(false)
          .allowMask(false)
          .allowPrefixOnly(false)
          .allowAll(false)
          .allowWildcardedSeparator(false)
          .allow_inet_aton(false)
          .getIPv4AddressParametersBuilder()
          .allowBinary(false)
          .allowLeadingZeros(false)
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowBinary(false)
          .allowBase85(false)
          .allowZone(false)
          .allowMixed(true)
          .getParentBuilder()
          .setRangeOptions(inet.ipaddr.AddressStringParameters.RangeParameters.NO_RANGE)
          .toParams();

  /// The address of four bytes, as one number.
  static Address ofIpv4(int bytes) {
    return new Address(0, MAPPED | Integer.toUnsignedLong(bytes));
  }

  /// The address that a text spells; nothing where it spells none.
  static Optional<Address> parse(String text) {
    char[] characters = text.toCharArray();
    return parse(characters, 0, characters.length);
  }

  /// The same for a part of an array: plain IPv4, which is nearly all there is, is read at once.
  static Optional<Address> parse(char[] text, int from, int length) {
    if (length == 0 || length > LONGEST) {
      return Optional.empty();
    }
    long ipv4 = ipv4(text, from, length);
    return ipv4 >= 0 ? Optional.of(ofIpv4((int) ipv4)) : other(new String(text, from, length));
  }

  /// The four bytes of `1.2.3.4`; negative where it is not spelled that way.
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

  private static Optional<Address> other(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean hexadecimal = c <= 'f' && Character.digit(c, 16) >= 0;
      if (!hexadecimal && c != ':' && c != '.') {
        return Optional.empty(); // the library also knows spellings that are no literals
      }
    }
    if (text.indexOf(':') < 0) {
      return Optional.empty();
    }
    IPAddress found = new IPAddressString(text, LITERALS).getAddress();
    if (found == null || found.isMultiple() || !found.isIPv6()) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(found.getBytes());
    return Optional.of(new Address(bytes.getLong(), bytes.getLong()));
  }

  /// Whether it is an IPv4 address, spelled in either way.
  boolean isIpv4() {
    return isIpv4(high, low);
  }

  static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /// The one spelling in which it is stored and sent: dotted, or as RFC 5952 says.
  @Override
  public String toString() {
    return text(high, low);
  }

  static String text(long high, long low) {
    if (isIpv4(high, low)) {
      int bytes = (int) low;
      StringBuilder text = new StringBuilder(15);
      text.append(bytes >>> 24).append('.').append(bytes >>> 16 & 0xff).append('.');
      return text.append(bytes >>> 8 & 0xff).append('.').append(bytes & 0xff).toString();
    }
    byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    return new IPv6Address(bytes).toCanonicalString();
  }
}
