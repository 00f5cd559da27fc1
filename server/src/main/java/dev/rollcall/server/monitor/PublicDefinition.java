package dev.rollcall.server.monitor;

import java.util.Set;

/// What of a service's definition everybody may see: pages, `/v1/services` and messages show this
/// and nothing else. A list of what is public rather than of what is secret, so that a key that is
/// added later is hidden until somebody says otherwise.
final class PublicDefinition {
  private static final Set<String> KEYS =
      Set.of(
          "interval",
          "timeout",
          "method",
          "status",
          "contains",
          "json",
          "redirects",
          "keep-alive",
          "expect");

  /// Of `tls`: which files it names is the machine's own affair.
  private static final Set<String> OF_TLS = Set.of("verify", "name");

  private PublicDefinition() {}

  /// Scheme, host, port and path: what follows may be a key or a token.
  static String url(String url) {
    return url.replaceFirst("[?#].*", "");
  }

  /// Whether the value of `key` may be shown as it is.
  static boolean shows(String key) {
    return KEYS.contains(key);
  }

  static boolean showsOfTls(String key) {
    return OF_TLS.contains(key);
  }
}
