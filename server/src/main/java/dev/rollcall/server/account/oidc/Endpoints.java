package dev.rollcall.server.account.oidc;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which URLs a provider may have. Secrets and keys go over TLS, or stay on this machine.
final class Endpoints {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private Endpoints() {}

  /// The URL in a text; empty if it is not `https`, or `http` of this machine.
  static Optional<URI> url(String text) {
    try {
      URI uri = URI.create(text);
      return isSafe(uri) ? Optional.of(uri) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isSafe(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    boolean plain = scheme.equals("http") && THIS_MACHINE.contains(host);
    return uri.getHost() != null
        && uri.getRawUserInfo() == null
        && uri.getRawFragment() == null
        && (scheme.equals("https") || plain);
  }
}
