package dev.rollcall.server.address;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.Optional;
import java.util.regex.Pattern;

/// Converts texts and bytes to IP addresses, strictly: no octal, hexadecimal or shortened IPv4, no
/// zone, no wildcard.
///
/// All spellings of an address are equal: IPv4 inside IPv6 (`::ffff:192.0.2.1`) becomes IPv4, and
/// every address has one text, [#text].
public final class Addresses {
  /// The length of the longest valid text, with a prefix length.
  private static final int LONGEST = 45 + 4;

  /// Only texts of this form are passed to the library. It ignores blanks and control characters
  /// around an address, and fails on a prefix length of many digits.
  private static final Pattern SPELLED = Pattern.compile("[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?");

  private static final IPAddressStringParameters SINGLE = strict(false);
  private static final IPAddressStringParameters BLOCK = strict(true);

  private Addresses() {}

  private static IPAddressStringParameters strict(boolean prefix) {
    IPAddressStringParameters.Builder builder =
        new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowPrefix(prefix)
            .allowPrefixOnly(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .allow_inet_aton(false);
    builder.getIPv4AddressParametersBuilder().allowLeadingZeros(false).allowBinary(false);
    builder
        .getIPv6AddressParametersBuilder()
        .allowZone(false)
        .allowBase85(false)
        .allowBinary(false)
        .allowMixed(true)
        .getEmbeddedIPv4AddressParametersBuilder()
        .allowLeadingZeros(false);
    return builder.toParams();
  }

  /// Parses a single address; empty if the text is none.
  public static Optional<IPAddress> parse(String text) {
    return Address.parse(text).map(Address::toIpAddress);
  }

  /// Parses a single address with the library; [Address] is faster for plain IPv4.
  static Optional<IPAddress> literal(String text) {
    return text.contains("/") ? Optional.empty() : read(text, SINGLE);
  }

  /// Parses a block: `192.0.2.0/24`, `2001:db8::/32`, or a single address.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text and contains the remedy
  public static IPAddress block(String text) {
    IPAddress read =
        read(text, BLOCK)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "is no address or block: write it as 192.0.2.1, 192.0.2.0/24 or"
                            + " 2001:db8::/32"));
    Integer length = read.getNetworkPrefixLength();
    if (length == null || length == read.getBitCount()) {
      return plain(read.withoutPrefixLength());
    }
    IPAddress block = read.toPrefixBlock();
    if (!block.getLower().withoutPrefixLength().equals(read.getLower().withoutPrefixLength())) {
      throw new IllegalArgumentException(
          "has bits beyond its prefix: write it as "
              + block.getLower().withoutPrefixLength().toCanonicalString()
              + "/"
              + length);
    }
    return block;
  }

  /// The address of 4 or 16 bytes in network order.
  public static IPAddress of(byte[] bytes) {
    return bytes.length == 4 ? new IPv4Address(bytes) : plain(new IPv6Address(bytes));
  }

  /// Its text: dotted decimals, or RFC 5952.
  public static String text(IPAddress address) {
    return address.toCanonicalString();
  }

  private static Optional<IPAddress> read(String text, IPAddressStringParameters how) {
    if (text.isEmpty() || text.length() > LONGEST || !SPELLED.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new IPAddressString(text, how).toAddress());
    } catch (AddressStringException | inet.ipaddr.IncompatibleAddressException e) {
      return Optional.empty();
    }
  }

  private static IPAddress plain(IPAddress address) {
    return address instanceof IPv6Address six && six.isIPv4Mapped()
        ? six.getEmbeddedIPv4Address()
        : address;
  }
}
