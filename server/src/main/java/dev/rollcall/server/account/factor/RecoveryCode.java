package dev.rollcall.server.account.factor;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Codes on paper, for who has neither app nor passkey at hand. Each is 80 random bits, so that its
/// SHA-256 does not tell it, and is used once.
public final class RecoveryCode {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MANY = 10;
  private static final int BYTES = 10;
  private static final int DIGITS = 16;

  private RecoveryCode() {}

  /// New ones, as they are shown: `k3vd-72hq-xmnb-e5aw`.
  public static List<String> some() {
    return IntStream.range(0, MANY).mapToObj(_ -> one()).toList();
  }

  private static String one() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base32.text(bytes).toLowerCase(Locale.ROOT).replaceAll("(.{4})(?=.)", "$1-");
  }

  /// A code as it is compared: in lower case, without hyphens and blanks. Empty if the text cannot
  /// be one.
  public static Optional<String> normal(String text) {
    String code = text.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
    return code.matches("[a-z2-7]{" + DIGITS + "}") ? Optional.of(code) : Optional.empty();
  }
}
