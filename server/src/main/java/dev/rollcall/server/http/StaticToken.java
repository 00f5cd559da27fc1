package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Optional;

/// Recognizes the operator by the token of the settings ([ShownToken]).
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
    Optional<String> shown = ShownToken.of(request);
    if (shown.isEmpty()) {
      return new Finding.Nothing();
    }
    return isToken(shown.get())
        ? new Finding.Known(new Caller.Operator(true))
        : new Finding.Unknown(ShownToken.NOT_VALID);
  }

  private boolean isToken(String shown) {
    return token.isPresent()
        && MessageDigest.isEqual(token.get().getBytes(UTF_8), shown.getBytes(UTF_8));
  }

  /// Leaves out the token, so that it does not get into a log.
  @Override
  public String toString() {
    return "StaticToken[" + (token.isPresent() ? "***" : "none") + "]";
  }
}
