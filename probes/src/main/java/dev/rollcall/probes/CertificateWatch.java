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
import javax.net.ssl.SSLEngine;
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

    /// The earliest end in the chain.
    Instant ends() {
      return ends;
    }
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private final X509ExtendedTrustManager judge;

  CertificateWatch(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  /// Trusts everybody, also somebody else's name.
  static X509ExtendedTrustManager acceptingAll() {
    return new AcceptingAll();
  }

  /// The earliest end in `chain`.
  static Instant ends(X509Certificate[] chain) {
    Instant earliest = Instant.MAX;
    for (X509Certificate certificate : chain) {
      Instant end = certificate.getNotAfter().toInstant();
      earliest = end.isBefore(earliest) ? end : earliest;
    }
    return earliest;
  }

  private static void judge(X509Certificate[] chain, Check check) throws Untrusted {
    try {
      check.run();
    } catch (CertificateException e) {
      throw new Untrusted(words(chain, e), ends(chain), e);
    }
  }

  private static String words(X509Certificate[] chain, CertificateException why) {
    Instant now = Instant.now();
    for (X509Certificate certificate : chain) {
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
      return "certificate is made out to " + String.join(", ", names(chain[0]));
    }
    if (chain.length == 1
        && chain[0].getSubjectX500Principal().equals(chain[0].getIssuerX500Principal())) {
      return "certificate is self-signed";
    }
    if (message.contains("unable to find valid certification path")) {
      return "certificate is signed by an unknown authority, \"%s\""
          .formatted(chain[chain.length - 1].getIssuerX500Principal());
    }
    return "certificate is not accepted: " + message;
  }

  private static String subject(X509Certificate certificate) {
    return "\"" + certificate.getSubjectX500Principal() + "\"";
  }

  private static LocalDate day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC);
  }

  /// The DNS names and addresses in `certificate`, else its subject.
  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(1) instanceof String name) {
            names.add(name.toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      // The subject has to do.
    }
    return names.isEmpty() ? List.of(subject(certificate)) : names;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge(chain, () -> judge.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge(chain, () -> judge.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain, () -> judge.checkServerTrusted(chain, authType));
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
