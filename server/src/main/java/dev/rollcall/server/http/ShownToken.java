package dev.rollcall.server.http;

import java.util.Optional;

/// The token that a request shows: `Authorization: Bearer <token>`, or `Authorization: <token>`.
///
/// Other schemes, such as the `Basic` of a proxy in front, are none.
public final class ShownToken {
  /// What is said about a token that nothing here knows.
  public static final String NOT_VALID = "the token in Authorization is not valid here";

  private static final String BEARER = "Bearer";

  private ShownToken() {}

  /// The token; empty text if there is a header without one.
  public static Optional<String> of(Request request) {
    return request.header("Authorization").map(String::strip).flatMap(ShownToken::read);
  }

  private static Optional<String> read(String header) {
    int space = header.indexOf(' ');
    String scheme = space < 0 ? header : header.substring(0, space);
    if (scheme.equalsIgnoreCase(BEARER)) {
      return Optional.of(header.substring(scheme.length()).strip());
    }
    return space < 0 ? Optional.of(header) : Optional.empty();
  }
}
