package dev.rollcall.server.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Signs that a request does not come from the client at its address.
final class RequestOrigin {
  private static final Set<String> PROXY_HEADERS =
      Set.of(
          "forwarded",
          "via",
          "x-real-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "true-client-ip",
          "cf-connecting-ip",
          "client-ip");

  private RequestOrigin() {}

  /// The header that shows a proxy, if there is one.
  static Optional<String> proxy(Request request) {
    for (String header : request.headerNames()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (PROXY_HEADERS.contains(lower) || lower.startsWith("x-forwarded")) {
        return Optional.of(header);
      }
    }
    return Optional.empty();
  }

  /// Whether no value of `Origin` names another host than `host`.
  static boolean areOf(List<String> origins, String host) {
    for (String origin : origins) {
      if (!isOf(origin, host)) {
        return false;
      }
    }
    return true;
  }

  /// Whether no value of `Sec-Fetch-Site` names another site.
  static boolean areSameSite(List<String> sites) {
    for (String site : sites) {
      if (!site.equals("same-origin") && !site.equals("none")) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOf(String origin, String host) {
    try {
      return host.equals(URI.create(origin.toLowerCase(Locale.ROOT)).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
