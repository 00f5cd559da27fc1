package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Optional;

/// Recognizes the operator by the token of the settings: `Authorization: Bearer <token>` or
/// `Authorization: <token>`.
///
/// @param token empty: any token in a request is wrong
public record StaticToken(Optional<String> token) implements Authenticator {
  public StaticToken {
    if (token.isPresent() && token.get().isBlank()) {
      throw new IllegalArgumentException(
          "the management token is empty: give it a value or remove the setting");
    }
  }

  @Override
  public Finding find(Request request) {
    Optional<String> authorization = request.header("Authorization");
    if (authorization.isEmpty()) {
      return new Finding.Nothing();
    }
    return holdsToken(authorization.get())
        ? new Finding.Known(new Caller.Operator(true))
        : new Finding.Unknown("the token in Authorization is not valid here");
  }

  private boolean holdsToken(String authorization) {
    String shown =
        authorization.regionMatches(true, 0, "Bearer ", 0, 7)
            ? authorization.substring(7).strip()
            : authorization;
    return token.isPresent()
        && MessageDigest.isEqual(token.get().getBytes(UTF_8), shown.getBytes(UTF_8));
  }

  /// Leaves out the token, so that it does not get into a log.
  @Override
  public String toString() {
    return "StaticToken[" + (token.isPresent() ? "***" : "none") + "]";
  }
}
