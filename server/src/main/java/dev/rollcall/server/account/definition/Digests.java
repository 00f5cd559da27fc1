package dev.rollcall.server.account.definition;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/// Random secrets, and the digests by which they are stored. A secret of 256 random bits cannot be
/// guessed from its SHA-256, so it needs no slow hash.
public final class Digests {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;

  private Digests() {}

  /// 256 random bits, in 43 characters that may stand in URLs.
  public static String secret() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// The SHA-256 of a text, in hexadecimal digits.
  public static String of(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 does not exist in this Java", e);
    }
  }
}
