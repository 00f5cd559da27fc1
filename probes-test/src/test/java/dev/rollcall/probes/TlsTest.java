package dev.rollcall.probes;

import static dev.rollcall.probes.Leftovers.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @TempDir static Path folder;
  private static Certificates certificates;

  private final Dialer dialer =
      new Dialer((host, within) -> List.of(InetAddress.ofLiteral("127.0.0.1")));
  private final HttpAsker asker = new HttpAsker(dialer);

  @BeforeAll
  static void make() throws Exception {
    certificates = new Certificates(folder);
    certificates.signed("good", -1, 30, "dns:good.example,ip:127.0.0.1");
    certificates.signed("old", -20, 10, "ip:127.0.0.1");
    certificates.signed("early", 5, 10, "ip:127.0.0.1");
    certificates.selfSigned("lonely");
  }

  @AfterEach
  void stop() {
    asker.close();
  }

  private static TlsOptions ours() {
    return TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
  }

  private static RawServer server(String alias) throws Exception {
    return new RawServer(
        certificates.listen(alias, false),
        line -> {
          while (true) {
            line.request();
            line.answer(200, "", "fine");
          }
        });
  }

  private Checked check(RawServer server, String host, HttpSettings settings) {
    URI uri = URI.create("https://" + host + ":" + server.port() + "/");
    return Checked.of(new HttpProbe("it", HttpQuestion.of(uri).settings(settings), asker));
  }

  private Checked check(RawServer server, String host, TlsOptions options) {
    return check(server, host, HttpSettings.DEFAULT.tls(options));
  }

  private String reason(String alias, String host, TlsOptions options) throws Exception {
    try (RawServer server = server(alias)) {
      Checked checked = check(server, host, options);
      assertThat(checked.failure().answered()).isTrue();
      patiently().untilAsserted(() -> assertThat(server.open()).isZero());
      return checked.reason();
    }
  }

  @Test
  void believesItsOwnAuthorityAndNotesTheEndOfTheCertificate() throws Exception {
    try (RawServer server = server("good")) {
      for (String host : List.of("good.example", "127.0.0.1")) {
        Checked checked = check(server, host, ours());
        checked.assertUp();
        assertThat(checked.attempt().time(Phase.TLS).orElseThrow()).isPositive();
        assertThat(checked.attempt().certificateExpiry().orElseThrow())
            .isBetween(
                Instant.now().plus(Duration.ofDays(28)), Instant.now().plus(Duration.ofDays(30)));
      }
    }
  }

  @Test
  void notesTheEndOfTheCertificateOnAKeptConnectionToo() throws Exception {
    try (RawServer server = server("good")) {
      HttpSettings kept = HttpSettings.DEFAULT.tls(ours()).keepAlive(true);
      for (int i = 0; i < 2; i++) {
        Checked checked = check(server, "good.example", kept);
        checked.assertUp();
        assertThat(checked.attempt().certificateExpiry()).isPresent();
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void neverPassesAConnectionToOtherTlsSettings() throws Exception {
    try (RawServer server = server("good")) {
      HttpSettings kept = HttpSettings.DEFAULT.keepAlive(true);
      check(server, "good.example", kept.tls(TlsOptions.DEFAULT.unverified())).assertUp();
      assertThat(check(server, "good.example", kept).reason()).contains("unknown authority");
    }
  }

  /// As when it is renewed while the program runs.
  @Test
  void readsAFileAgainThatHasChanged() throws Exception {
    Path file = Files.copy(certificates.pem("lonely"), folder.resolve("changing.pem"));
    TlsOptions options = TlsOptions.DEFAULT.trusting(file);
    try (RawServer server = server("good")) {
      assertThat(check(server, "127.0.0.1", options).reason()).contains("unknown authority");
      Files.copy(certificates.pem("ca"), file, StandardCopyOption.REPLACE_EXISTING);
      check(server, "127.0.0.1", options).assertUp();
      Files.delete(file);
      Checked without = check(server, "127.0.0.1", options);
      assertThat(without.failure().isHere()).isTrue();
      assertThat(without.reason()).contains("changing.pem");
    }
  }

  @Test
  void saysThatACertificateHasExpired() throws Exception {
    LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(10);
    assertThat(reason("old", "127.0.0.1", ours()))
        .isEqualTo("TLS: certificate of \"CN=old\" expired on " + day);
  }

  @Test
  void notesTheEndOfACertificateItDoesNotBelieve() throws Exception {
    try (RawServer server = server("old")) {
      assertThat(check(server, "127.0.0.1", ours()).attempt().certificateExpiry().orElseThrow())
          .isBefore(Instant.now());
    }
  }

  @Test
  void saysThatACertificateIsNotYetValid() throws Exception {
    assertThat(reason("early", "127.0.0.1", ours()))
        .startsWith("TLS: certificate of \"CN=early\" is valid only from ");
  }

  @Test
  void saysWhomACertificateIsMadeOutTo() throws Exception {
    assertThat(reason("good", "bad.example", ours()))
        .isEqualTo("TLS: certificate is issued for good.example, 127.0.0.1");
  }

  @Test
  void saysWhoIsNotBelieved() throws Exception {
    assertThat(reason("good", "good.example", TlsOptions.DEFAULT))
        .isEqualTo("TLS: certificate is signed by an unknown authority, \"CN=ca\"");
    assertThat(reason("lonely", "127.0.0.1", ours())).isEqualTo("TLS: certificate is self-signed");
  }

  @Test
  void acceptsAnythingUnverifiedAndStillNotesTheEnd() throws Exception {
    try (RawServer server = server("old")) {
      Checked checked = check(server, "bad.example", TlsOptions.DEFAULT.unverified());
      checked.assertUp();
      assertThat(checked.attempt().certificateExpiry().orElseThrow()).isBefore(Instant.now());
    }
  }

  /// With TLS 1.3 the server says so after the handshake.
  @Test
  void saysThatAClientCertificateIsMissing() throws Exception {
    try (RawServer server =
        new RawServer(certificates.listen("good", true), RawServer.Line::request)) {
      // The refusal may be overtaken by the end of the connection (RFC 8446, 4.4.2.4).
      await()
          .untilAsserted(
              () ->
                  assertThat(check(server, "good.example", ours()).reason())
                      .startsWith("TLS: the server refused: ")
                      .doesNotContain("alert", "_"));
    }
  }

  @Test
  void asksForTheNameItIsTold() throws Exception {
    try (RawServer server = server("good")) {
      check(server, "bad.example", ours().named("good.example")).assertUp();
    }
  }

  @Test
  void showsItsCertificate() throws Exception {
    try (RawServer server =
        new RawServer(
            certificates.listen("good", true),
            line -> {
              line.request();
              line.answer(200, "", "fine");
            })) {
      TlsOptions.Identity identity =
          new TlsOptions.Identity(certificates.pem("good"), certificates.key("good"));
      check(server, "good.example", ours().showing(identity)).assertUp();
      // The server's refusal may be overtaken by its closing the connection (RFC 8446, 4.4.2.4).
      assertThat(check(server, "good.example", ours()).failure().answered()).isTrue();
    }
  }

  @Test
  void blamesItselfForFilesThatCannotBeUsed() throws Exception {
    try (RawServer server = server("good")) {
      Path none = folder.resolve("none.pem");
      Checked missing = check(server, "good.example", TlsOptions.DEFAULT.trusting(none));
      assertThat(missing.failure().isHere()).isTrue();
      assertThat(missing.reason()).contains(none.toString());
      Path key = Files.writeString(folder.resolve("bad.key"), "-----BEGIN RSA PRIVATE KEY-----");
      TlsOptions.Identity identity = new TlsOptions.Identity(certificates.pem("good"), key);
      Checked bad = check(server, "good.example", ours().showing(identity));
      assertThat(bad.failure().isHere()).isTrue();
      assertThat(bad.reason()).contains("PKCS #8", key.toString());
      patiently().untilAsserted(() -> assertThat(server.open()).isZero());
    }
  }

  private String misbehaving(RawServer.Conversation conversation) throws IOException {
    try (RawServer server = new RawServer(conversation)) {
      URI uri = URI.create("https://127.0.0.1:" + server.port() + "/");
      Checked checked =
          Checked.of(new HttpProbe("it", HttpQuestion.of(uri), asker), Duration.ofMillis(500));
      patiently().untilAsserted(() -> assertThat(server.open()).isZero());
      assertThat(checked.attempt().time(Phase.TLS)).isPresent();
      return checked.reason().replace(":" + server.port(), "");
    }
  }

  @Test
  void saysWhatAServerDoesThatSpeaksNoTls() throws Exception {
    assertThat(misbehaving(line -> line.answer(400, "", "")))
        .isEqualTo("TLS: the server does not speak TLS there (127.0.0.1)");
    assertThat(misbehaving(line -> line.in().read()))
        .isIn(
            "TLS: the server closed the connection in the handshake (127.0.0.1)",
            "TLS: the server reset the connection in the handshake (127.0.0.1)");
    assertThat(misbehaving(RawServer.Line::hang))
        .isEqualTo("timeout: no answer within 500 ms (connected, TLS handshake not finished)");
    assertThat(
            misbehaving(
                line -> {
                  line.out().write(new byte[] {22, 3, 3, 32, 0});
                  line.drip();
                }))
        .isEqualTo("timeout: no answer within 500 ms (connected, TLS handshake not finished)");
  }

  @Test
  void isSpokenOnPlainTcpToo() throws Exception {
    try (RawServer server =
        new RawServer(
            certificates.listen("good", false),
            line -> {
              line.say("220 ready\r\n");
              line.hang();
            })) {
      TcpQuestion question =
          new TcpQuestion(
              "good.example",
              server.port(),
              Optional.empty(),
              Optional.of("220"),
              Optional.of(ours()),
              Optional.empty());
      Checked checked = Checked.of(new TcpProbe("it", question, dialer));
      checked.assertUp();
      assertThat(checked.attempt().certificateExpiry()).isPresent();
      TcpQuestion distrustful = TcpQuestion.of(URI.create("tls://good.example:" + server.port()));
      assertThat(Checked.of(new TcpProbe("it", distrustful, dialer)).reason())
          .contains("unknown authority");
    }
  }
}
