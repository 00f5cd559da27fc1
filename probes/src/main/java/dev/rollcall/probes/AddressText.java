package dev.rollcall.probes;

import java.util.regex.Pattern;

/// IPv4 addresses as they may be written in URLs.
final class AddressText {
  /// Up to four numbers: hexadecimal, octal or decimal, of which Java knows the same digits.
  private static final Pattern NUMBERS =
      Pattern.compile(
          "(?:0x[0-9a-f]{1,15}|[0-9]{1,18})(?:\\.(?:0x[0-9a-f]{1,15}|[0-9]{1,18})){0,3}");

  /// Four decimal numbers without zeros before them, as most addresses are written: nothing has to
  /// change then, and nothing is taken apart for each check.
  private static final Pattern DOTTED =
      Pattern.compile(
          "N(?:\\.N){3}".replace("N", "(?:0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])"));

  private AddressText() {}

  /// `host` as four decimal numbers, if it is an address in any of the forms of `inet_aton`, which
  /// curl and browsers take (WHATWG URL, 3.5): `0x7f000001`, `127.1`, `0177.0.0.1`. Otherwise as it
  /// is.
  ///
  /// @param host in lower case
  static String dotted(String host) {
    if (host.isEmpty()
        || !isDigit(host.charAt(0))
        || DOTTED.matcher(host).matches()
        || !NUMBERS.matcher(host).matches()) {
      return host;
    }
    String[] parts = host.split("\\.", -1);
    long address = 0;
    try {
      for (int i = 0; i < parts.length; i++) {
        long part = Long.decode(parts[i]);
        boolean last = i == parts.length - 1;
        long room = last ? 1L << (8 * (5 - parts.length)) : 256;
        if (part >= room) {
          return host;
        }
        address = address * room + part;
      }
    } catch (NumberFormatException e) {
      return host; // 08 is no octal number
    }
    return "%d.%d.%d.%d"
        .formatted(address >> 24, (address >> 16) & 255, (address >> 8) & 255, address & 255);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
