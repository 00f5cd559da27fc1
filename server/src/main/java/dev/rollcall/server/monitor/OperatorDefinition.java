package dev.rollcall.server.monitor;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What of a service's definition the operator may see besides [PublicDefinition]: what was
/// written, without what opens doors, as answers are copied into tickets.
final class OperatorDefinition {
  private static final Set<String> HEADERS =
      Set.of(
          "accept",
          "accept-encoding",
          "accept-language",
          "cache-control",
          "content-type",
          "host",
          "origin",
          "range",
          "referer",
          "user-agent");

  private static final Pattern PASSWORD = Pattern.compile("(://[^/?#@]*?):[^/?#]*@");

  /// The value of a parameter whose name tells that it is secret, and one without a name.
  private static final Pattern SECRET_VALUE =
      Pattern.compile(
          "([?&][^=&#]*(?:key|token|secret|pass|pwd|auth|sig|cred|session|code)[^=&#]*=)[^&#]+"
              + "|([?&])[^=&#]+(?=[&#]|$)",
          Pattern.CASE_INSENSITIVE);

  private OperatorDefinition() {}

  /// The whole of it, with `***` for a password and what seems to be one in the query.
  static String url(String url) {
    String withoutPassword = PASSWORD.matcher(url).replaceFirst("$1:***@");
    return SECRET_VALUE
        .matcher(withoutPassword)
        .replaceAll(found -> (found.group(1) == null ? found.group(2) : found.group(1)) + "***");
  }

  /// Whether the value of `inner` within `key` may be shown as it is.
  static boolean shows(String key, String inner) {
    return key.equals("tls")
        || (key.equals("headers") && HEADERS.contains(inner.toLowerCase(Locale.ROOT)));
  }

  /// Whether the value of `key` may be shown as it is.
  static boolean shows(String key) {
    return key.equals("user");
  }
}
