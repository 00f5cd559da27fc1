package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// A login by SCRAM (RFC 5802, RFC 7677), the client's side, without channel binding: the password
/// itself is never sent, and the server proves that it knows it too.
///
/// Of the preparation of passwords (RFC 4013) only the normal form is made.
final class Scram {
  private static final SecureRandom RANDOM = new SecureRandom();

  /// A server that asks for more rounds wants our processor, not our password.
  private static final int MOST_ROUNDS = 1_000_000;

  private final String hash;
  private final String password;
  private final String bare;
  private byte[] serverSignature = {};

  /// @param hash `SHA-1`, `SHA-256` or `SHA-512`
  Scram(String hash, String user, String password) {
    this(hash, user, password, nonce());
  }

  Scram(String hash, String user, String password, String nonce) {
    this.hash = hash;
    this.password = Normalizer.normalize(password, Normalizer.Form.NFKC);
    this.bare =
        "n=%s,r=%s"
            .formatted(
                Normalizer.normalize(user, Normalizer.Form.NFKC)
                    .replace("=", "=3D")
                    .replace(",", "=2C"),
                nonce);
  }

  /// The first message to the server.
  String first() {
    return "n,," + bare;
  }

  /// The second, once `serverFirst` has come.
  String last(String serverFirst) throws ProbeFailure {
    Map<String, String> said = fields(serverFirst);
    String nonce = said.getOrDefault("r", "");
    String mine = bare.substring(bare.lastIndexOf(",r=") + 3);
    int rounds = rounds(said.getOrDefault("i", ""));
    if (!nonce.startsWith(mine) || nonce.equals(mine) || rounds < 1 || rounds > MOST_ROUNDS) {
      throw wrong();
    }
    String withoutProof = "c=biws,r=" + nonce;
    byte[] signed = utf8(bare + "," + serverFirst + "," + withoutProof);
    try {
      byte[] salted = salted(decode(said.getOrDefault("s", "")), rounds);
      byte[] clientKey = hmac(salted, utf8("Client Key"));
      byte[] proof = hmac(MessageDigest.getInstance(hash).digest(clientKey), signed);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= clientKey[i];
      }
      serverSignature = hmac(hmac(salted, utf8("Server Key")), signed);
      return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + hash, e);
    }
  }

  /// Checks the server's proof in its last message.
  void verify(String serverLast) throws ProbeFailure {
    Map<String, String> said = fields(serverLast);
    if (said.containsKey("e")) {
      throw ProbeFailure.answered("login: " + said.get("e"));
    }
    if (!MessageDigest.isEqual(decode(said.getOrDefault("v", "")), serverSignature)) {
      throw ProbeFailure.answered("login: the server did not prove that it knows the password");
    }
  }

  private byte[] salted(byte[] salt, int rounds) throws GeneralSecurityException, ProbeFailure {
    if (salt.length == 0) {
      throw wrong();
    }
    int bits = MessageDigest.getInstance(hash).getDigestLength() * 8;
    PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, rounds, bits);
    return SecretKeyFactory.getInstance("PBKDF2WithHmac" + hash.replace("-", ""))
        .generateSecret(key)
        .getEncoded();
  }

  private byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    String algorithm = "Hmac" + hash.replace("-", "");
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key, algorithm));
    return mac.doFinal(text);
  }

  private static int rounds(String text) {
    return text.matches("\\d{1,8}") ? Integer.parseInt(text) : 0;
  }

  private static byte[] decode(String base64) throws ProbeFailure {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
  }

  private static ProbeFailure wrong() {
    return ProbeFailure.answered("login: the server's answer is no SCRAM");
  }

  private static Map<String, String> fields(String message) {
    Map<String, String> fields = new HashMap<>();
    for (String part : message.split(",", -1)) {
      if (part.length() > 1 && part.charAt(1) == '=') {
        fields.putIfAbsent(part.substring(0, 1), part.substring(2));
      }
    }
    return fields;
  }

  private static String nonce() {
    byte[] bytes = new byte[18];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
