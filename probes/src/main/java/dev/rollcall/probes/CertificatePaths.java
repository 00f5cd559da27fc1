package dev.rollcall.probes;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which way a chain that is believed leads to an authority, the authority's certificate included.
/// A server may send more than that: an older signature of the same authority, which nobody needs
/// any more, may have ended long ago. The JDK finds such a path but does not tell it.
///
/// As for OpenSSL, an authority whose own certificate has ended is none, unless there is no other.
final class CertificatePaths {
  /// More chains than this, and all are looked at anew.
  private static final int MANY = 20_000;

  private final List<X509Certificate> authorities;
  private final Map<String, CertificatePath> known = new ConcurrentHashMap<>();

  CertificatePaths(X509Certificate[] authorities) {
    this.authorities = List.of(authorities);
  }

  /// The path of `sent`, which has been found to be trusted.
  CertificatePath of(X509Certificate[] sent) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (X509Certificate certificate : sent) {
        digest.update(certificate.getEncoded());
      }
      String key = HexFormat.of().formatHex(digest.digest());
      CertificatePath path = known.get(key);
      if (path == null || !path.ends().isAfter(Instant.now())) {
        path = path(sent);
        if (known.size() >= MANY) {
          known.clear();
        }
        known.put(key, path);
      }
      return path;
    } catch (GeneralSecurityException e) {
      return CertificatePath.linked(sent);
    }
  }

  /// Why a path that leads to a known authority is not accepted; empty if it leads to no known one.
  /// The JDK says of both that it found no path.
  Optional<String> refusal(CertificatePath path) {
    List<X509Certificate> sent = path.certificates();
    for (int i = 0; i < sent.size(); i++) {
      for (X509Certificate authority : authorities) {
        if (isSigned(sent.get(i), authority)) {
          return refusal(sent.subList(0, i + 1), authority);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> refusal(List<X509Certificate> path, X509Certificate authority) {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      return Optional.empty();
    } catch (CertPathValidatorException e) {
      X509Certificate refused = path.get(Math.max(e.getIndex(), 0));
      return Optional.of(
          "certificate of \"%s\" is not accepted: %s"
              .formatted(refused.getSubjectX500Principal(), Failures.message(e)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static boolean isSigned(X509Certificate certificate, X509Certificate authority) {
    if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // another authority of the same name
    }
  }

  private CertificatePath path(X509Certificate[] sent) throws GeneralSecurityException {
    if (authorities.contains(sent[0])) {
      return new CertificatePath(List.of(sent[0]));
    }
    Instant now = Instant.now();
    try {
      return path(sent, authority -> authority.getNotAfter().toInstant().isAfter(now));
    } catch (GeneralSecurityException e) {
      return path(sent, authority -> true);
    }
  }

  private CertificatePath path(X509Certificate[] sent, Predicate<X509Certificate> which)
      throws GeneralSecurityException {
    Set<TrustAnchor> anchors =
        authorities.stream()
            .filter(which)
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toSet());
    X509CertSelector own = new X509CertSelector();
    own.setCertificate(sent[0]);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, own);
    parameters.setRevocationEnabled(false);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(sent))));
    PKIXCertPathBuilderResult found =
        (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
    List<X509Certificate> path = new ArrayList<>();
    Stream.concat(
            found.getCertPath().getCertificates().stream(),
            Stream.of(found.getTrustAnchor().getTrustedCert()))
        .filter(X509Certificate.class::isInstance)
        .map(X509Certificate.class::cast)
        .forEach(path::add);
    return new CertificatePath(List.copyOf(path));
  }
}
