package dev.rollcall.probes;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which certificates are too weak to be believed, as OpenSSL decides at its security level 2, the
/// default of Debian and Ubuntu and so of curl there. The JDK believes all of it from a private
/// authority.
final class CertificateStrength {
  private static final int LEAST_RSA = 2048;
  private static final int LEAST_EC = 224;
  private static final Pattern WEAK_HASH = Pattern.compile("SHA-?1WITH.*|MD[245]WITH.*");

  private CertificateStrength() {}

  /// What is too weak in `path`, as a phrase; empty if nothing is.
  ///
  /// @param path the server's own certificate first, the authority last. How the last one is signed
  ///   does not matter, because it is believed anyway
  static Optional<String> weakness(List<X509Certificate> path) {
    for (int i = 0; i < path.size(); i++) {
      X509Certificate certificate = path.get(i);
      String subject = "certificate of \"" + certificate.getSubjectX500Principal() + "\"";
      PublicKey key = certificate.getPublicKey();
      if (bits(key) < least(key)) {
        return Optional.of(
            "%s is too weak: its key has %d bits, %d are the least"
                .formatted(subject, bits(key), least(key)));
      }
      String signed = certificate.getSigAlgName();
      if (i < path.size() - 1 && WEAK_HASH.matcher(signed.toUpperCase(Locale.ROOT)).matches()) {
        return Optional.of(
            "%s is too weak: it is signed with %s, SHA-256 is the least"
                .formatted(subject, signed));
      }
    }
    return Optional.empty();
  }

  private static int least(PublicKey key) {
    return key instanceof ECKey ? LEAST_EC : LEAST_RSA;
  }

  private static int bits(PublicKey key) {
    return switch (key) {
      case RSAKey rsa -> rsa.getModulus().bitLength();
      case DSAKey dsa -> dsa.getParams().getP().bitLength();
      case ECKey ec -> ec.getParams().getCurve().getField().getFieldSize();
      default -> Integer.MAX_VALUE; // Ed25519 and others have no weak sizes
    };
  }
}
