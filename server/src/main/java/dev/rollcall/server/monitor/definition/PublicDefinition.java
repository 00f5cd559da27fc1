package dev.rollcall.server.monitor.definition;

import java.util.Set;

/// What everybody may see of a definition: pages, `/v1/services` and messages show only this. It is
/// a list of what is public, not of what is secret, so that a new key is hidden until it is added
/// here.
public final class PublicDefinition {
  private static final Set<String> KEYS =
      Set.of(
          "interval",
          "timeout",
          "slow",
          "certificate-warning",
          "trace",
          "method",
          "status",
          "contains",
          "json",
          "redirects",
          "keep-alive",
          "expect");

  /// Of `tls`: the names of files are internal to the machine.
  private static final Set<String> OF_TLS = Set.of("verify", "name");

  private PublicDefinition() {}

  /// Scheme, host, port and path. A query or fragment may contain a key or token.
  public static String url(String url) {
    return url.replaceFirst("[?#].*", "");
  }

  /// Whether the value of `key` may be shown.
  public static boolean shows(String key) {
    return KEYS.contains(key);
  }

  /// Whether the value of `key` within `tls` may be shown.
  public static boolean showsOfTls(String key) {
    return OF_TLS.contains(key);
  }
}
