package dev.rollcall.probes;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.StandardConstants;

/// The host name that is sent in the TLS handshake (SNI, RFC 6066) and that the certificate must
/// contain (RFC 9525), with the rules of curl. The JDK alone sends no name without a dot, and
/// rejects every certificate for a name with an underscore.
///
/// @param text in ASCII, or an address; the dot that a complete name may end with is left out
record ServerName(String text) {
  ServerName {
    text = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /// Sets the name, and whether the JDK verifies it, for the handshake.
  void tell(SSLParameters parameters, boolean verify) {
    if (verify && known()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    if (!isAddress()) {
      parameters.setServerNames(List.of(new Sent(text)));
    }
  }

  /// Checks what the JDK has not checked, or too generously: it takes a `*` that stands for a part
  /// of a label, or for all names below a single label, which OpenSSL, curl and browsers do not.
  void verify(SSLSession session) throws SSLPeerUnverifiedException {
    if (!isAddress() && session.getPeerCertificates()[0] instanceof X509Certificate shown) {
      List<String> hosts = CertificateWatch.hosts(shown);
      boolean subjectCounts = known() && hosts.isEmpty(); // which the JDK has compared
      if (!subjectCounts && hosts.stream().noneMatch(this::matches)) {
        throw new SSLPeerUnverifiedException(CertificateWatch.madeOut(shown));
      }
    }
  }

  /// `*` stands for the first label alone, with two more after it.
  boolean matches(String name) {
    if (name.startsWith("*.")) {
      int dot = text.indexOf('.');
      return dot > 0
          && name.indexOf('.', 2) > 0
          && text.substring(dot).equalsIgnoreCase(name.substring(1));
    }
    return text.equalsIgnoreCase(name);
  }

  private boolean isAddress() {
    return text.indexOf(':') >= 0 || text.matches("[0-9.]+");
  }

  /// Whether the JDK takes it for a name.
  private boolean known() {
    return isAddress() || text.indexOf('_') < 0;
  }

  /// As it goes over the wire: the JDK's own type takes no underscores.
  private static final class Sent extends SNIServerName {
    Sent(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
