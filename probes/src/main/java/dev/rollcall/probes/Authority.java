package dev.rollcall.probes;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The host and port that a text names.
///
/// @param host a name or a literal address, IPv6 without brackets
/// @param port 1 to 65535
public record Authority(String host, int port) {
  private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(?::0)+(?![0-9a-f])");

  /// Checks both.
  public Authority {
    host = AddressText.dotted(HostNames.ascii(decoded(host)));
    if (host.isBlank() || !isHost(host)) {
      throw new IllegalArgumentException("no host in \"" + host + "\"");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
    }
  }

  private static boolean isHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == '/' || c == '@') {
        return false;
      }
    }
    return true;
  }

  /// In URLs, a name may be percent-encoded; the `%` of an IPv6 address is that of its zone.
  private static String decoded(String host) {
    return host.indexOf('%') < 0 || host.indexOf(':') >= 0
        ? host
        : URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// The authority of `uri`, without its user; read here since [URI#getHost()] knows no name with
  /// an underscore, as container networks have them. `defaultPort` 0 means that one has to be
  /// given.
  public static Authority of(URI uri, int defaultPort) {
    String text = uri.getRawAuthority();
    if (text == null) {
      throw new IllegalArgumentException("no host in the URL");
    }
    return parse(text.substring(text.lastIndexOf('@') + 1), defaultPort);
  }

  /// The authority of an address, which is written as people write it (RFC 5952): `::1`.
  static Authority of(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String shortest =
        host.indexOf(':') < 0
            ? host
            : ZEROS
                .matcher(host)
                .results()
                .max(Comparator.comparingInt((MatchResult zeros) -> zeros.end() - zeros.start()))
                .map(zeros -> withoutZeros(host, zeros))
                .orElse(host);
    return new Authority(shortest, address.getPort());
  }

  private static String withoutZeros(String host, MatchResult zeros) {
    String before = host.substring(0, zeros.start());
    String after = host.substring(zeros.end());
    return (before.isEmpty() ? ":" : before) + (after.startsWith(":") ? after : ":" + after);
  }

  /// Reads `host`, `host:port` or `[2001:db8::1]:port`.
  public static Authority parse(String text, int defaultPort) {
    int end = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    String host = end < 0 ? text : text.substring(0, end);
    String rest = end < 0 ? "" : text.substring(end);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    if (rest.isEmpty() || rest.equals(":")) {
      return new Authority(host, defaultPort);
    }
    if (!isPort(rest)) {
      if (AddressText.lacksBrackets(text)) {
        throw new IllegalArgumentException(AddressText.BRACKETS);
      }
      // Not repeated: it is the password where that has a / in it, as in user:pass/word@host.
      throw new IllegalArgumentException(
          "what follows the host is no port: write host:port, and in user and password %2F for /,"
              + " %3F for ?, %23 for #");
    }
    return new Authority(host, Integer.parseInt(rest, 1, rest.length(), 10));
  }

  /// A colon and one to nine digits.
  private static boolean isPort(String text) {
    boolean port = text.charAt(0) == ':' && text.length() >= 2 && text.length() <= 10;
    for (int i = 1; port && i < text.length(); i++) {
      port = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return port;
  }

  /// The host as a URL has it, and the port unless it is `defaultPort`.
  String text(int defaultPort) {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == defaultPort ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    return text(0);
  }
}
