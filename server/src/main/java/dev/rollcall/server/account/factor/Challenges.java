package dev.rollcall.server.account.factor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// The challenges that passkeys sign. A challenge tells by itself that this server made it, for
/// what, and until when: its end, random bytes, and their HMAC. So a page with one costs no memory,
/// and any process on the same database knows it. That each is used once, the caller sees to.
public final class Challenges {
  private static final Duration VALID = Duration.ofMinutes(15);
  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 24;
  private static final int BODY = Long.BYTES + RANDOM_BYTES;
  private static final int LENGTH = BODY + 32;

  private final SecretKey key;

  public Challenges(SecretKey key) {
    this.key = key;
  }

  /// A new one.
  ///
  /// @param purpose what it is for; for nothing else it is valid
  public byte[] make(String purpose, Instant now) {
    byte[] random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    byte[] body =
        ByteBuffer.allocate(BODY).putLong(now.plus(VALID).getEpochSecond()).put(random).array();
    return ByteBuffer.allocate(LENGTH).put(body).put(mac(purpose, body)).array();
  }

  /// When the challenge ends; empty if it was not made here, or for something else, or has ended.
  public Optional<Instant> end(byte[] challenge, String purpose, Instant now) {
    if (challenge.length != LENGTH) {
      return Optional.empty();
    }
    ByteBuffer all = ByteBuffer.wrap(challenge);
    byte[] body = new byte[BODY];
    byte[] mac = new byte[LENGTH - BODY];
    all.get(body).get(mac);
    if (!MessageDigest.isEqual(mac, mac(purpose, body))) {
      return Optional.empty(); // before its time is read, which could be any number
    }
    return Optional.of(Instant.ofEpochSecond(ByteBuffer.wrap(body).getLong()))
        .filter(now::isBefore);
  }

  /// The name of an account to its passkeys. It says nothing of the account, and another server on
  /// the same host has another one: an authenticator keeps one passkey for each.
  public String userHandle(long account) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(mac("user", Long.toString(account).getBytes(StandardCharsets.US_ASCII)));
  }

  private byte[] mac(String purpose, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update((purpose + "\n").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC does not work in this Java", e);
    }
  }
}
