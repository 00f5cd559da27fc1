package dev.rollcall.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The token that a request shows: `Authorization: Bearer <token>`, or `Authorization: <token>`.
///
/// The schemes of a proxy in front, `Basic`, `Digest` and `Negotiate`, are none. Anything else is
/// meant for this server: what comes with an unknown scheme is a token that nobody knows.
public final class ShownToken {
  /// What is said about a token that nothing here knows.
  public static final String NOT_VALID = "the token in Authorization is not valid here";

  private static final Pattern BEARER = Pattern.compile("(?is)bearer(?:[ \\t]+(.*))?");
  private static final Pattern SCHEME = Pattern.compile("(?s)([^ \\t]+)[ \\t].*");
  private static final Set<String> OF_PROXIES = Set.of("basic", "digest", "negotiate");

  private ShownToken() {}

  /// The token; empty text if there is a header without one. Of several headers that show different
  /// tokens it is all of them together, which is none that anybody knows.
  public static Optional<String> of(Request request) {
    List<String> shown =
        request.headers("Authorization").stream()
            .map(String::strip)
            .flatMap(header -> read(header).stream())
            .distinct()
            .toList();
    return shown.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", shown));
  }

  private static Optional<String> read(String header) {
    Matcher bearer = BEARER.matcher(header);
    if (bearer.matches()) {
      return Optional.of(Optional.ofNullable(bearer.group(1)).orElse("").strip());
    }
    Matcher scheme = SCHEME.matcher(header);
    return scheme.matches() && OF_PROXIES.contains(scheme.group(1).toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of(header);
  }
}
