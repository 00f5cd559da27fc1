package dev.rollcall.probes;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

/// Certificates, each signed by the next.
///
/// @param certificates the server's own first
record CertificatePath(List<X509Certificate> certificates) {
  /// The earliest end among them.
  Instant ends() {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElse(Instant.MAX);
  }

  /// What of `sent` leads on from the server's own certificate by names alone, where no path could
  /// be verified: of two of one name, the one that lasts longer.
  static CertificatePath linked(X509Certificate[] sent) {
    List<X509Certificate> path = new ArrayList<>(List.of(sent[0]));
    while (path.size() < sent.length) {
      X500Principal issuer = path.getLast().getIssuerX500Principal();
      Optional<X509Certificate> next =
          Stream.of(sent)
              .filter(
                  other -> other.getSubjectX500Principal().equals(issuer) && !path.contains(other))
              .max(Comparator.comparing(X509Certificate::getNotAfter));
      if (next.isEmpty()) {
        break;
      }
      path.add(next.get());
    }
    return new CertificatePath(path);
  }
}
