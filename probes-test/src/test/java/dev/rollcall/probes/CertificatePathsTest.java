package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Chains as real servers send them, with openssl as the judge of which are good.
class CertificatePathsTest {
  @TempDir static Path folder;
  private static Certificates certificates;

  /// Allows names of hosts below ok.example, and no addresses but 10.0.0.0/8.
  private static final byte[] NARROW =
      Certificates.extension(
          "2.5.29.30",
          true,
          HexFormat.of().parseHex("301ca01a300c820a6f6b2e6578616d706c65300a87080a000000ff000000"));

  private static final byte[] LOOPBACK = Certificates.names("ip:127.0.0.1");

  private static X509Certificate crossSigned;

  private final HttpAsker asker =
      new HttpAsker(new Dialer((host, within) -> List.of(InetAddress.ofLiteral("127.0.0.1"))));

  @BeforeAll
  static void make() throws Exception {
    certificates = new Certificates(folder);
    certificates.authority("gone", -20, 10);
    certificates.authority("soon", -1, 5);
    certificates.signedBy("ca", "between", -1, 60, Certificates.signsOthers());
    certificates.signedBy("ca", "ended", -20, 10, Certificates.signsOthers());
    certificates.signedBy("between", "leaf", -1, 30, LOOPBACK);
    certificates.signedBy("ended", "below", -1, 30, LOOPBACK);
    certificates.signedBy("gone", "orphan", -1, 30, LOOPBACK);
    certificates.signedBy("soon", "brief", -1, 30, LOOPBACK);
    certificates.signedBy("ca", "host", -1, 30, Certificates.signsNone());
    certificates.signedBy("host", "forged", -1, 30, LOOPBACK);
    certificates.signedBy("ca", "last", -1, 30, Certificates.signsLeaves());
    certificates.signedBy("last", "further", -1, 30, Certificates.signsOthers());
    certificates.signedBy("further", "deep", -1, 30, LOOPBACK);
    certificates.signedBy(
        "ca", "odd", -1, 30, LOOPBACK, Certificates.extension("1.2.3.4", true, Der.nothing()));
    certificates.signedBy("ca", "narrow", -1, 30, Certificates.signsOthers(), NARROW);
    certificates.signedBy("narrow", "outside", -1, 30, LOOPBACK);
    certificates.signedBy("ca", "short", Certificates.Kind.RSA_1024);
    certificates.signedBy("ca", "sha1", Certificates.Kind.EC_BY_SHA1);
    certificates.signedBy("ca", "weak", Certificates.Kind.RSA_1024);
    certificates.signedBy("weak", "below-weak", Certificates.Kind.EC);
    crossSigned = certificates.crossSigned("between", "gone", -20, 10);
  }

  @AfterEach
  void stop() {
    asker.close();
  }

  private Checked check(String leaf, Path authorities, X509Certificate... others) throws Exception {
    List<X509Certificate> chain = new ArrayList<>(List.of(certificates.certificate(leaf)));
    chain.addAll(List.of(others));
    try (RawServer server =
        new RawServer(
            certificates.listen(name -> new Certificates.Shown(leaf, chain)),
            line -> {
              line.request();
              line.answer(200, "", "");
            })) {
      HttpSettings settings = HttpSettings.DEFAULT.tls(TlsOptions.DEFAULT.trusting(authorities));
      Checked checked =
          Checked.of(
              new HttpProbe(
                  "it",
                  HttpQuestion.of(URI.create("https://127.0.0.1:" + server.port()))
                      .settings(settings),
                  asker));
      assertThat(checked.thrown().isEmpty()).isEqualTo(openssl(leaf, authorities, others));
      return checked;
    }
  }

  /// Whether openssl believes it, at the security level that Debian's programs have.
  private static boolean openssl(String leaf, Path authorities, X509Certificate... others)
      throws Exception {
    StringBuilder untrusted = new StringBuilder();
    for (X509Certificate other : others) {
      untrusted.append(
          "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
              .formatted(
                  Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII))
                      .encodeToString(other.getEncoded())));
    }
    Path file = Files.writeString(folder.resolve("untrusted.pem"), untrusted + "\n");
    List<String> command =
        new ArrayList<>(List.of("openssl", "verify", "-auth_level", "2", "-CAfile"));
    command.add(authorities.toString());
    if (others.length > 0) {
      command.addAll(List.of("-untrusted", file.toString()));
    }
    command.add(certificates.pem(leaf).toString());
    Process openssl = new ProcessBuilder(command).redirectErrorStream(true).start();
    openssl.getOutputStream().close();
    openssl.getInputStream().readAllBytes();
    return openssl.waitFor() == 0;
  }

  private static X509Certificate of(String alias) {
    return certificates.certificate(alias);
  }

  private static Path ca() {
    return certificates.pem("ca");
  }

  private static Path both(String one, String other) throws IOException {
    return Files.writeString(
        folder.resolve(one + "-" + other + ".pem"),
        Files.readString(certificates.pem(one)) + Files.readString(certificates.pem(other)));
  }

  private static void assertEnds(Checked checked, Instant ends) {
    checked.assertUp();
    assertThat(checked.attempt().certificateExpiry()).hasValue(ends);
  }

  @Test
  void countsTheEndsOnTheWayToTheAuthorityAlone() throws Exception {
    Instant own = of("leaf").getNotAfter().toInstant();
    assertEnds(check("leaf", ca(), of("between")), own);
    assertEnds(check("leaf", ca(), of("between"), of("ca")), own);
    // An older signature, an unneeded authority and somebody else's certificate have all ended.
    assertEnds(check("leaf", ca(), crossSigned, of("between")), own);
    assertEnds(check("leaf", ca(), of("between"), crossSigned, of("gone")), own);
    assertEnds(check("leaf", ca(), of("between"), of("orphan"), of("ended")), own);
    assertEnds(check("leaf", both("ca", "gone"), of("between"), crossSigned, of("gone")), own);
  }

  @Test
  void countsTheEndOfTheAuthorityItself() throws Exception {
    assertEnds(check("brief", certificates.pem("soon")), of("soon").getNotAfter().toInstant());
    assertEnds(
        check("brief", both("soon", "ca"), of("soon")), of("soon").getNotAfter().toInstant());
  }

  @Test
  void saysWhichCertificateOnTheWayHasEnded() throws Exception {
    assertThat(check("below", ca(), of("ended")).reason())
        .startsWith("TLS: certificate of \"CN=ended\" expired on ");
    assertThat(check("orphan", certificates.pem("gone")).reason())
        .startsWith("TLS: certificate of \"CN=gone\" expired on ");
    assertThat(check("orphan", certificates.pem("gone"), of("gone")).reason())
        .startsWith("TLS: certificate of \"CN=gone\" expired on ");
  }

  /// The authority is known, so that nobody should look for it.
  @Test
  void saysWhyAPathToAKnownAuthorityIsNotAccepted() throws Exception {
    assertThat(check("forged", ca(), of("host")).reason())
        .startsWith("TLS: certificate of \"CN=host\" is not accepted: basic constraints");
    assertThat(check("deep", ca(), of("further"), of("last")).reason())
        .startsWith("TLS: certificate of \"CN=further\" is not accepted: basic constraints")
        .contains("pathLenConstraint");
    assertThat(check("odd", ca()).reason())
        .startsWith("TLS: certificate of \"CN=odd\" is not accepted: unrecognized critical");
    assertThat(check("outside", ca(), of("narrow")).reason())
        .startsWith("TLS: certificate of \"CN=outside\" is not accepted: name constraints");
    assertThat(check("outside", ca(), of("narrow"), of("ca")).reason())
        .startsWith("TLS: certificate of \"CN=outside\" is not accepted: name constraints");
  }

  /// A private authority may sign anything; curl and openssl do not believe it all.
  @Test
  void saysWhichCertificateIsTooWeak() throws Exception {
    assertThat(check("short", ca()).reason())
        .startsWith("TLS: certificate of \"CN=short\" is too weak: its key has 1024 bits, 2048");
    assertThat(check("sha1", ca()).reason())
        .startsWith("TLS: certificate of \"CN=sha1\" is too weak: it is signed with SHA1withECDSA");
    assertThat(check("below-weak", ca(), of("weak")).reason())
        .startsWith("TLS: certificate of \"CN=weak\" is too weak: its key");
    assertThat(check("below-weak", certificates.pem("weak")).reason())
        .startsWith("TLS: certificate of \"CN=weak\" is too weak: its key");
  }

  /// Servers send it twice, or with others.
  @Test
  void saysThatACertificateIsSelfSignedWhateverIsSentWithIt() throws Exception {
    assertThat(check("soon", ca(), of("soon"), of("gone")).reason())
        .startsWith("TLS: certificate is self-signed");
  }

  @Test
  void accusesNoCertificateThatIsNotOnTheWay() throws Exception {
    assertThat(check("leaf", certificates.pem("soon"), of("between"), of("ended")).reason())
        .startsWith("TLS: certificate is signed by an unknown authority, \"CN=ca\"");
  }

  @Test
  void notesTheEndOfTheCertificateItselfWhereNothingIsVerified() throws Exception {
    try (RawServer server =
        new RawServer(
            certificates.listen(
                name -> new Certificates.Shown("leaf", List.of(of("leaf"), crossSigned))),
            line -> {
              line.request();
              line.answer(200, "", "");
            })) {
      HttpSettings settings = HttpSettings.DEFAULT.tls(TlsOptions.DEFAULT.unverified());
      URI uri = URI.create("https://127.0.0.1:" + server.port());
      assertEnds(
          Checked.of(new HttpProbe("it", HttpQuestion.of(uri).settings(settings), asker)),
          of("leaf").getNotAfter().toInstant());
    }
  }
}
