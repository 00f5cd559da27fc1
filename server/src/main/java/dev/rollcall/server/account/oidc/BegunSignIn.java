package dev.rollcall.server.account.oidc;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// A sign-in that has begun at a provider, as the browser keeps it, encrypted, until it comes back.
///
/// @param provider its name
/// @param state comes back from the provider: shows that the answer is for this browser
/// @param nonce comes back in the ID token: shows that the token is for this sign-in
/// @param verifier of PKCE (RFC 7636): shows the provider that who has the code has begun this
/// @param account that is to be connected with the provider; 0 to sign in
/// @param invitation the code that led here; may be empty
/// @param endsAt when it is too late to come back
public record BegunSignIn(
    String provider,
    String state,
    String nonce,
    String verifier,
    long account,
    String invitation,
    Instant endsAt) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final int PARTS = 7;

  /// One with new random values.
  ///
  /// @param invitation without blanks
  public static BegunSignIn of(String provider, long account, String invitation, Instant endsAt) {
    return new BegunSignIn(provider, random(), random(), random(), account, invitation, endsAt);
  }

  private static String random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// The text that [#read] reads.
  public String text() {
    return String.join(
        " ",
        provider,
        state,
        nonce,
        verifier,
        Long.toString(account),
        invitation,
        Long.toString(endsAt.toEpochMilli()));
  }

  /// What a text says that another version of this program may have written.
  public static Optional<BegunSignIn> read(String text) {
    String[] parts = text.split(" ", -1);
    try {
      return parts.length != PARTS
          ? Optional.empty()
          : Optional.of(
              new BegunSignIn(
                  parts[0],
                  parts[1],
                  parts[2],
                  parts[3],
                  Long.parseLong(parts[4]),
                  parts[5],
                  Instant.ofEpochMilli(Long.parseLong(parts[6]))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "a sign-in with " + provider; // without secrets
  }
}
