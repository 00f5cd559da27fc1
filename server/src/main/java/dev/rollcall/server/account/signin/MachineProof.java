package dev.rollcall.server.account.signin;

import dev.rollcall.server.secret.InstallationKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;

/// What shows that a request comes from somebody who can read the key of the installation, and so
/// everything there is: the command `rollcall operator` beside a running server. An address does
/// not show it, because a proxy on this machine has the same one.
public final class MachineProof {
  /// The header with the proof: Unix seconds, a dot, and the HMAC of the seconds and the body.
  public static final String HEADER = "Rollcall-Proof";

  private static final Duration VALID = Duration.ofMinutes(1);
  private static final String ALGORITHM = "HmacSHA256";

  private final InstallationKey key;

  public MachineProof(InstallationKey key) {
    this.key = key;
  }

  /// The proof for a body.
  String of(String body, Instant now) {
    return now.getEpochSecond() + "." + mac(now.getEpochSecond(), body);
  }

  /// Whether this is a proof for the body, made within a minute.
  public boolean isValid(String proof, String body, Instant now) {
    int dot = proof.indexOf('.');
    if (dot < 1 || !proof.substring(0, dot).matches("\\d{1,12}")) {
      return false;
    }
    long seconds = Long.parseLong(proof.substring(0, dot));
    return Math.abs(now.getEpochSecond() - seconds) <= VALID.toSeconds()
        && MessageDigest.isEqual(
            mac(seconds, body).getBytes(StandardCharsets.US_ASCII),
            proof.substring(dot + 1).getBytes(StandardCharsets.US_ASCII));
  }

  private String mac(long seconds, String body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key.derived("operator command", ALGORITHM));
      return HexFormat.of()
          .formatHex(mac.doFinal((seconds + "\n" + body).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC does not work in this Java", e);
    }
  }
}
