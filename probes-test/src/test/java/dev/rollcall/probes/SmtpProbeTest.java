package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against GreenMail, a mail server in Java, and for STARTTLS, which it does not have, against
/// aiosmtpd, a mail server in Python.
class SmtpProbeTest {
  private static final String PASSWORD = "hunter2-secret";
  private static final GreenMail MAIL =
      new GreenMail(
          new ServerSetup[] {
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS)
          });

  @BeforeAll
  static void start() {
    MAIL.start();
    MAIL.setUser("me@example.org", "me", PASSWORD);
  }

  @AfterAll
  static void stop() {
    MAIL.stop();
  }

  private static Checked check(String format, int port) {
    return Checked.of(SmtpProbe.of("it", format.formatted(port)));
  }

  @Test
  void isContentWithAServerThatGreets() {
    check("smtp://127.0.0.1:%d", MAIL.getSmtp().getPort()).assertUp();
  }

  @Test
  void logsInWithTheRightPasswordAlone() {
    int port = MAIL.getSmtp().getPort();
    check("smtp://me:" + PASSWORD + "@127.0.0.1:%d?starttls=never", port).assertUp();
    Checked wrong = check("smtp://me:wrong-secret@127.0.0.1:%d?starttls=never", port);
    assertThat(wrong.reason()).startsWith("login: refused (535").doesNotContain("wrong-secret");
    assertThat(wrong.failure().answered()).isTrue();
  }

  @Test
  void speaksTlsFromTheStart() {
    int port = MAIL.getSmtps().getPort();
    ServerUrl url = ServerUrl.of("smtps://me:" + PASSWORD + "@127.0.0.1:" + port);
    ServerUrl unverified = url.tls(TlsOptions.DEFAULT.unverified());
    Checked.of(new SmtpProbe("it", unverified, Dialer.system())).assertUp();
    assertThat(Checked.of(new SmtpProbe("it", url, Dialer.system())).reason())
        .startsWith("TLS: certificate");
  }

  @Test
  void doesNotSendAPasswordInClearUnlessToldTo() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.say("220 hello\r\n");
              line.in().read(new byte[1000]);
              line.say("250-me\r\n250 AUTH PLAIN LOGIN\r\n");
              line.hang();
            })) {
      assertThat(check("smtp://me:" + PASSWORD + "@127.0.0.1:%d", server.port()).reason())
          .isEqualTo("TLS: the server does not offer STARTTLS");
    }
  }

  @Test
  void goesOnWithTls(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.signed("mail", -1, 30, "ip:127.0.0.1");
    TlsOptions trusting = TlsOptions.DEFAULT.trusting(certificates.pem("ca"));
    try (TestServer server =
        TestServer.start(
            folder,
            "aiosmtpd",
            "-n",
            "-c",
            "aiosmtpd.handlers.Sink",
            "-l",
            "127.0.0.1:" + TestServer.PORT,
            "--tlscert",
            certificates.pem("mail").toString(),
            "--tlskey",
            certificates.key("mail").toString())) {
      server.awaitPort();
      ServerUrl url = ServerUrl.of("smtp://127.0.0.1:%d?starttls=needed".formatted(server.port()));
      Checked good = Checked.of(new SmtpProbe("it", url.tls(trusting), Dialer.system()));
      good.assertUp();
      assertThat(good.attempt().certificateExpiry()).isPresent();
      assertThat(Checked.of(new SmtpProbe("it", url, Dialer.system())).reason())
          .startsWith("TLS: certificate");
    }
  }

  @Test
  void believesNothingThatWasInjectedBeforeTls() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.say("220 hello\r\n");
              line.in().read(new byte[1000]);
              line.say("250-me\r\n250 STARTTLS\r\n");
              line.in().read(new byte[1000]);
              line.say("220 go\r\n250 injected\r\n");
              line.hang();
            })) {
      assertThat(check("smtp://127.0.0.1:%d?starttls=needed", server.port()).reason())
          .isEqualTo("STARTTLS: the server says more in clear before TLS begins");
    }
  }

  @Test
  void tellsAServerThatIsBusyOrNoMailServer() throws IOException {
    try (RawServer server = new RawServer(line -> line.say("421 too\tbusy\r\n"))) {
      assertThat(check("smtp://127.0.0.1:%d", server.port()).reason())
          .isEqualTo("greeting: refused (421 too busy)");
    }
    try (RawServer server = new RawServer(line -> line.say("SSH-2.0-OpenSSH_9.2\r\n"))) {
      assertThat(check("smtp://127.0.0.1:%d", server.port()).reason())
          .isEqualTo("greeting: the server does not speak SMTP: SSH-2.0-OpenSSH_9.2");
    }
    try (RawServer server = new RawServer(line -> line.say("220-x\r\n".repeat(200)))) {
      assertThat(check("smtp://127.0.0.1:%d", server.port()).reason())
          .isEqualTo("greeting: the answer has more than 100 lines");
    }
    try (RawServer server = new RawServer(line -> {})) {
      assertThat(check("smtp://127.0.0.1:%d", server.port()).reason())
          .isEqualTo("greeting: the server closed the connection");
    }
  }

  @Test
  void saysWhereItHangsOrIsRefused() throws IOException {
    int port;
    try (RawServer silent = new RawServer(RawServer.Line::hang)) {
      port = silent.port();
      assertThat(
              Checked.of(SmtpProbe.of("it", "smtp://127.0.0.1:" + port), Duration.ofMillis(200))
                  .reason())
          .isEqualTo("timeout: no answer within 200 ms (connected, waiting for the first byte)");
    }
    assertThat(check("smtp://127.0.0.1:%d", port).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SmtpProbe.of("it", "smtp://h?starttls=maybe"))
        .withMessage("starttls=maybe is neither needed nor never");
  }
}
