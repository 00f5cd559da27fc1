package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// nsqd is not packaged anywhere: a stand-in answers `/ping` as its documentation says.
class NsqProbeTest {
  private static RawServer nsqd(int status, String words) {
    return new RawServer(
        line -> {
          boolean ping = line.request().startsWith("GET /ping HTTP/1.1\r\n");
          line.answer(ping ? status : 404, "X-Nsq-Content-Type: nsq; version=1.0\r\n", words);
        });
  }

  @Test
  void isContentWithAStandInThatAnswersOk() throws IOException {
    try (RawServer server = nsqd(200, "OK")) {
      Checked.of(NsqProbe.of("it", "127.0.0.1", server.port())).assertUp();
    }
  }

  @Test
  void tellsWhatAStandInThatIsNotWellSays() throws IOException {
    try (RawServer server = nsqd(500, "NOK - never gonna happen")) {
      assertThat(Checked.of(NsqProbe.of("it", "127.0.0.1", server.port())).reason())
          .isEqualTo("not OK: status 500, NOK - never gonna happen");
    }
    try (RawServer server = nsqd(200, "<html>")) {
      assertThat(Checked.of(NsqProbe.of("it", "127.0.0.1", server.port())).reason())
          .isEqualTo("not OK: status 200, <html>");
    }
  }

  @Test
  void speaksTlsWhereAskedTo(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("nsqd", -1, 30, "ip:127.0.0.1");
    try (RawServer server =
        new RawServer(
            certificates.listen("nsqd", false),
            line -> {
              line.request();
              line.answer(200, "", "OK");
            })) {
      TlsOptions trusting = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
      // the first TLS of a JVM may take longer than a check may
      await()
          .untilAsserted(
              () -> Checked.of(NsqProbe.of("it", "127.0.0.1", server.port(), trusting)).assertUp());
      assertThat(
              Checked.of(NsqProbe.of("it", "127.0.0.1", server.port(), TlsOptions.DEFAULT))
                  .reason())
          .startsWith("TLS: certificate");
    }
  }

  @Test
  void saysWhereItHangsOrIsRefused() throws IOException {
    int port;
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      port = silent.port();
      assertThat(Checked.of(NsqProbe.of("it", "127.0.0.1", port), Duration.ofMillis(200)).reason())
          .isEqualTo("timeout: no answer within 200 ms (connected, waiting for the first byte)");
    }
    assertThat(Checked.of(NsqProbe.of("it", "127.0.0.1", port)).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
  }
}
