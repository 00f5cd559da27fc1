package dev.rollcall.probes;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// IP addresses as they may be written in URLs.
public final class AddressText {
  /// What to do about an IPv6 address without its brackets. It does not repeat the text.
  static final String BRACKETS =
      "an IPv6 address goes in brackets, as in [2001:db8::1] or [2001:db8::1]:443";

  /// What may stand between `scheme://` and the path.
  private static final Pattern PLACE = Pattern.compile("[^:/?#]*://([^/?#]*)");

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

  /// Whether a text is an IPv6 address without brackets, with or without a port behind it.
  static boolean lacksBrackets(String text) {
    int last = text.lastIndexOf(':');
    return last > text.indexOf(':') && (isIpv6(text) || isIpv6(text.substring(0, last)));
  }

  private static boolean isIpv6(String text) {
    try {
      return new URI("x://[" + text + "]").getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /// What is wrong with the host of a text that is no URL, if it is an IPv6 address and lacks one
  /// of its brackets or both; otherwise empty.
  public static Optional<String> mistakeIn(String url) {
    Matcher place = PLACE.matcher(url);
    if (!place.lookingAt()) {
      return Optional.empty();
    }
    String host = place.group(1).substring(place.group(1).lastIndexOf('@') + 1);
    boolean open = host.startsWith("[") && host.indexOf(']') < 0;
    return lacksBrackets(open ? host.substring(1) : host)
        ? Optional.of(BRACKETS)
        : Optional.empty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
