package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.Probe;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateProbeTest {
  @TempDir Path folder;

  private RawServer showing(Certificates certificates, String alias) throws Exception {
    return new RawServer(certificates.listen(alias, false), RawServer.Line::hang);
  }

  private static Checked check(RawServer server, int days, TlsOptions tls) {
    return Checked.of(
        CertificateProbe.of("it", "127.0.0.1:" + server.port(), Duration.ofDays(days), tls));
  }

  @Test
  void failsFromTheWarningOn() throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("good", -1, 30, "ip:127.0.0.1");
    TlsOptions trusting = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
    try (RawServer server = showing(certificates, "good")) {
      Checked good = check(server, 14, trusting);
      good.assertUp();
      assertThat(good.attempt().certificateExpiry()).isPresent();
      Checked soon = check(server, 40, trusting);
      assertThat(soon.reason())
          .isEqualTo(
              "TLS: the certificate ends in 28 days, on %s (expected 40 or more)"
                  .formatted(
                      LocalDate.ofInstant(
                          soon.attempt().certificateExpiry().orElseThrow(), ZoneOffset.UTC)));
      assertThat(check(server, 0, TlsOptions.DEFAULT).reason())
          .startsWith("TLS: certificate is signed by an unknown authority");
      assertThat(check(server, 0, trusting.named("other.example")).reason())
          .isEqualTo("TLS: certificate is issued for 127.0.0.1");
      Probe byUrl = Probes.forUrl("it", "tls://127.0.0.1:%d?warn=14d".formatted(server.port()));
      assertThat(byUrl).isInstanceOf(CertificateProbe.class);
      assertThat(Checked.of(byUrl).reason())
          .startsWith("TLS: certificate is signed by an unknown authority");
    }
  }

  @Test
  void tellsOneThatHasEnded() throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("old", -30, 10, "ip:127.0.0.1");
    try (RawServer server = showing(certificates, "old")) {
      assertThat(check(server, 0, TlsOptions.DEFAULT.trusting(certificates.pem("ca"))).reason())
          .startsWith("TLS: certificate of \"CN=old\" expired on ");
      assertThat(check(server, 0, TlsOptions.DEFAULT.unverified()).reason())
          .startsWith("TLS: the certificate ended on ");
    }
  }

  @Test
  void saysWhereItHangsOrIsRefused() throws IOException {
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      assertThat(
              Checked.of(
                      CertificateProbe.of("it", "127.0.0.1:" + silent.port(), Duration.ZERO),
                      Duration.ofMillis(200))
                  .reason())
          .isEqualTo("timeout: no answer within 200 ms (connected, TLS handshake not finished)");
    }
    try (RawServer plain = new RawServer(line -> line.say("220 hello\r\n"))) {
      assertThat(check(plain, 0, TlsOptions.DEFAULT).reason())
          .startsWith("TLS: the server does not speak TLS there");
    }
  }

  @Test
  void readsDays() {
    assertThat(CertificateProbe.days("14d")).isEqualTo(Duration.ofDays(14));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CertificateProbe.days("soon"))
        .withMessage("warn=soon is no number of days: write 14d");
  }
}
