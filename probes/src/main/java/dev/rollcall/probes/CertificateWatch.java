package dev.rollcall.probes;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;

/// A trust manager that says in words why it does not trust, which the JDK's own exceptions do not.
final class CertificateWatch extends X509ExtendedTrustManager {
  /// A chain that was not believed: the message is for a person.
  static final class Untrusted extends CertificateException {
    private static final long serialVersionUID = 1L;
    private final Instant ends;

    private Untrusted(String message, Instant ends, CertificateException cause) {
      super(message, cause);
      this.ends = ends;
    }

    /// The earliest end in the path.
    Instant ends() {
      return ends;
    }
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  /// The session's note of the earliest end in the path that was verified.
  private static final String ENDS = "rollcall.certificate-ends";

  /// The kind of alternative name that is a host's (RFC 5280, 4.2.1.6).
  private static final int DNS_NAME = 2;

  private final X509ExtendedTrustManager judge;
  private final CertificatePaths paths;

  CertificateWatch(X509ExtendedTrustManager judge) {
    this.judge = judge;
    this.paths = new CertificatePaths(judge.getAcceptedIssuers());
  }

  /// Accepts every certificate, also one with the name of another host.
  static X509ExtendedTrustManager acceptingAll() {
    return new AcceptingAll();
  }

  /// The earliest expiry date in the certificate path that was verified. If no path was verified,
  /// the expiry date of the server's certificate.
  static Optional<Instant> ends(SSLSession session) throws SSLPeerUnverifiedException {
    if (session.getValue(ENDS) instanceof Instant ends) {
      return Optional.of(ends);
    }
    return session.getPeerCertificates()[0] instanceof X509Certificate shown
        ? Optional.of(shown.getNotAfter().toInstant())
        : Optional.empty();
  }

  /// @param session the one that is being made, if it is known
  private void judge(X509Certificate[] chain, Optional<SSLSession> session, Check check)
      throws Untrusted {
    CertificatePath path;
    try {
      check.run();
      path = paths.of(chain);
    } catch (CertificateException e) {
      path = CertificatePath.linked(chain);
      throw new Untrusted(words(chain, path, e), path.ends(), e);
    }
    if (path.ends().isBefore(Instant.now())) {
      // The JDK does not look at the end of an authority's own certificate.
      CertificateException expired = new CertificateException("authority expired");
      throw new Untrusted(words(chain, path, expired), path.ends(), expired);
    }
    Optional<String> weakness = CertificateStrength.weakness(path.certificates());
    if (weakness.isPresent()) {
      throw new Untrusted(weakness.get(), path.ends(), new CertificateException(weakness.get()));
    }
    Instant ends = path.ends();
    session.ifPresent(made -> made.putValue(ENDS, ends));
  }

  private String words(X509Certificate[] chain, CertificatePath path, CertificateException why) {
    Instant now = Instant.now();
    for (X509Certificate certificate : path.certificates()) {
      if (certificate.getNotAfter().toInstant().isBefore(now)) {
        return "certificate of %s expired on %s"
            .formatted(subject(certificate), day(certificate.getNotAfter().toInstant()));
      }
      if (certificate.getNotBefore().toInstant().isAfter(now)) {
        return "certificate of %s is valid only from %s"
            .formatted(subject(certificate), day(certificate.getNotBefore().toInstant()));
      }
    }
    String message = String.valueOf(why.getMessage());
    if (message.startsWith("No name matching") || message.startsWith("No subject alternative")) {
      return madeOut(chain[0]);
    }
    if (chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal())) {
      return "certificate is self-signed";
    }
    if (!message.startsWith("PKIX path ")) {
      return "certificate is not accepted: " + message;
    }
    return paths
        .refusal(path)
        .orElseGet(
            () ->
                "certificate is signed by an unknown authority, \"%s\""
                    .formatted(path.certificates().getLast().getIssuerX500Principal()));
  }

  static String madeOut(X509Certificate shown) {
    return "certificate is issued for " + String.join(", ", names(shown));
  }

  private static String subject(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal() + "\"";
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /// The names that are no names of hosts included, else the subject.
  private static List<String> names(X509Certificate certificate) {
    List<String> names = alternatives(certificate, kind -> true);
    return names.isEmpty() ? List.of(subject(certificate)) : names;
  }

  /// The names of hosts in `certificate`, in lower case.
  static List<String> hosts(X509Certificate certificate) {
    return alternatives(certificate, kind -> kind == DNS_NAME);
  }

  private static List<String> alternatives(X509Certificate certificate, IntPredicate kinds) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0) instanceof Integer kind
              && kinds.test(kind)
              && alternative.get(1) instanceof String name) {
            names.add(name.toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // The subject has to do.
    }
    return names;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge(
        chain,
        socket instanceof SSLSocket tls
            ? Optional.ofNullable(tls.getHandshakeSession())
            : Optional.empty(),
        () -> judge.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge(
        chain,
        Optional.ofNullable(engine.getHandshakeSession()),
        () -> judge.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain, Optional.empty(), () -> judge.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }

  private static final class AcceptingAll extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
