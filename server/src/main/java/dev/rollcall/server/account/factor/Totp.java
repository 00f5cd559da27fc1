package dev.rollcall.server.account.factor;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What an authenticator app and this server share: TOTP (RFC 6238) with SHA-1, 6 digits and steps
/// of 30 seconds, as all apps know it.
///
/// A code of the step before and of the one after is right too, for clocks that differ and for who
/// types slowly. Each step counts once, and none before one that was used.
public final class Totp {
  private static final Pattern CODE = Pattern.compile("\\d{6}");
  private static final String MAC = "HmacSHA1";
  private static final SecureRandom RANDOM = new SecureRandom();

  /// As long as the MAC (RFC 4226, 4).
  private static final int SECRET_BYTES = 20;

  private static final int STEP_SECONDS = 30;
  private static final int MODULUS = 1_000_000;

  private final byte[] secret;

  private Totp(byte[] secret) {
    this.secret = secret;
  }

  /// With a new secret.
  public static Totp random() {
    byte[] secret = new byte[SECRET_BYTES];
    RANDOM.nextBytes(secret);
    return new Totp(secret);
  }

  /// With the secret that [#text] returned.
  public static Totp of(String text) {
    return new Totp(Base32.bytes(text));
  }

  /// The secret, as people type it into an app.
  public String text() {
    return Base32.text(secret);
  }

  /// What an app reads from a QR code: the Key URI Format of Google Authenticator.
  public String uri(String account) {
    return "otpauth://totp/Rollcall:"
        + URLEncoder.encode(account, StandardCharsets.UTF_8).replace("+", "%20")
        + "?secret="
        + text()
        + "&issuer=Rollcall&algorithm=SHA1&digits=6&period="
        + STEP_SECONDS;
  }

  /// Whether a text looks like a code, right or not.
  public static boolean isLike(String text) {
    return CODE.matcher(text).matches();
  }

  /// The step whose code this is; empty if it is none of the steps that count now.
  ///
  /// @param used the newest step whose code was used
  public OptionalLong step(String code, Instant now, long used) {
    long current = Math.floorDiv(now.getEpochSecond(), STEP_SECONDS);
    OptionalLong found = OptionalLong.empty();
    for (long step = current - 1; step <= current + 1; step++) {
      boolean same =
          MessageDigest.isEqual(
              code(step).getBytes(StandardCharsets.US_ASCII),
              code.getBytes(StandardCharsets.US_ASCII));
      if (same && step > used && found.isEmpty()) {
        found = OptionalLong.of(step);
      }
    }
    return found;
  }

  /// The code of a step (RFC 4226, 5.3).
  String code(long step) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(secret, MAC));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      int offset = hash[hash.length - 1] & 0xf;
      int number = ByteBuffer.wrap(hash).getInt(offset) & Integer.MAX_VALUE;
      return "%06d".formatted(number % MODULUS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC does not work in this Java", e);
    }
  }
}
