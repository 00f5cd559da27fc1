package dev.rollcall.server.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/// Encrypts texts before they are stored, and decrypts them: AES-256 in GCM, with a random nonce of
/// 96 bits for each text (NIST SP 800-38D). Several threads may use it at once.
///
/// A sealed text is `v1:` and the Base64 of nonce, ciphertext and tag.
public final class SecretBox {
  private static final String VERSION = "v1:";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  SecretBox(SecretKey key) {
    this.key = key;
  }

  /// Encrypts a text.
  ///
  /// @param place where it is stored: it can be opened with the same place only, so that a sealed
  ///   text cannot be moved to another row
  public String seal(String text, String place) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(text.getBytes(StandardCharsets.UTF_8));
      byte[] all = ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
      return VERSION + Base64.getEncoder().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES in GCM does not work in this Java", e);
    }
  }

  /// Decrypts a text; empty if it was sealed with another key or for another place, or was changed.
  public Optional<String> open(String sealed, String place) {
    if (!sealed.startsWith(VERSION)) {
      return Optional.empty();
    }
    try {
      ByteBuffer all =
          ByteBuffer.wrap(Base64.getDecoder().decode(sealed.substring(VERSION.length())));
      if (all.remaining() <= NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      all.get(nonce);
      byte[] text = new byte[all.remaining()];
      all.get(text);
      byte[] opened = cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(text);
      return Optional.of(new String(opened, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
