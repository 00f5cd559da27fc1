package dev.rollcall.server.monitor.definition;

import dev.rollcall.probe.SecretNames;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the operator may see of a definition besides [PublicDefinition]. Passwords and tokens are
/// left out, since answers are copied into tickets.
public final class OperatorDefinition {
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

  /// A parameter of the query: its name, if any, and its value.
  private static final Pattern PARAMETER = Pattern.compile("([?&])([^=&#]*=)?([^&#]+)");

  private OperatorDefinition() {}

  /// The whole URL, with `***` for a password and for values in the query that may be secret.
  public static String url(String url) {
    String withoutPassword = PASSWORD.matcher(url).replaceFirst("$1:***@");
    int query = withoutPassword.indexOf('?');
    return query < 0
        ? withoutPassword
        : withoutPassword.substring(0, query)
            + PARAMETER
                .matcher(withoutPassword.substring(query))
                .replaceAll(found -> Matcher.quoteReplacement(shown(found)));
  }

  /// The value is hidden if the name of the parameter looks secret or is missing. A `code` is what
  /// some logins return.
  private static String shown(MatchResult parameter) {
    String name = Objects.requireNonNullElse(parameter.group(2), "");
    boolean secret =
        name.isEmpty()
            || SecretNames.isSecret(name.substring(0, name.length() - 1))
            || name.toLowerCase(Locale.ROOT).contains("code");
    return parameter.group(1) + name + (secret ? "***" : parameter.group(3));
  }

  /// Whether the value of `inner` within `key` may be shown.
  public static boolean shows(String key, String inner) {
    return key.equals("tls")
        || (key.equals("headers") && HEADERS.contains(inner.toLowerCase(Locale.ROOT)));
  }

  /// Whether the value of `key` may be shown.
  public static boolean shows(String key) {
    return key.equals("user");
  }
}
