package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpProbeTest {
  private final Dialer dialer = new Dialer(Resolver.system());

  private Checked check(TcpQuestion question) {
    return Checked.of(new TcpProbe("it", question, dialer));
  }

  @Test
  void isContentWithAConnectionAndLeavesNone() throws IOException {
    try (RawServer server = new RawServer(RawServer.Line::hang)) {
      Checked checked = check(TcpQuestion.of("127.0.0.1:" + server.port()));
      checked.assertUp();
      assertThat(checked.attempt().time(Phase.CONNECT)).isPresent();
      assertThat(checked.attempt().time(Phase.TOTAL)).isPresent();
      await().untilAsserted(() -> assertThat(server.open()).isZero());
    }
  }

  @Test
  void servesIpv6Literals() throws IOException {
    try (RawServer server =
        new RawServer(
            new ServerSocket(0, 10, InetAddress.ofLiteral("::1")), RawServer.Line::hang)) {
      check(TcpQuestion.of(URI.create("tcp://[::1]:" + server.port()))).assertUp();
    }
  }

  @Test
  void sendsAndWaitsForTheAnswerInPieces() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              if (line.in().read() == 'P') {
                for (char letter : "hm, +PO".toCharArray()) {
                  line.say(String.valueOf(letter));
                }
                line.say("NG\r\n");
              }
              line.hang();
            })) {
      Checked checked =
          check(TcpQuestion.of("127.0.0.1:" + server.port()).send("PING\r\n").expect("+PONG"));
      checked.assertUp();
      assertThat(checked.attempt().time(Phase.FIRST_BYTE)).isPresent();
    }
  }

  @Test
  void saysWhatDidNotCome() throws IOException {
    try (RawServer server = new RawServer(line -> line.say(line.number() == 1 ? "-ERR" : ""))) {
      TcpQuestion question = TcpQuestion.of("127.0.0.1:" + server.port()).expect("+OK");
      assertThat(check(question).reason()).isEqualTo("answer does not contain \"+OK\"");
      assertThat(check(question).reason())
          .isEqualTo("connection closed without an answer (expected \"+OK\")");
    }
    try (RawServer server =
        new RawServer(
            line -> {
              line.say("-ERR");
              line.hang();
            })) {
      TcpQuestion question = TcpQuestion.of("127.0.0.1:" + server.port()).expect("+OK");
      assertThat(Checked.of(new TcpProbe("it", question, dialer), Duration.ofMillis(200)).reason())
          .isEqualTo(
              "timeout: no answer within 200 ms (connected, the expected text has not come)");
    }
  }

  @Test
  void tellsANameThatIsNoneFromAPortThatRefuses() throws IOException {
    int port = ServerRun.freePort();
    assertThat(check(TcpQuestion.of("127.0.0.1:" + port)).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
    Dialer nowhere =
        new Dialer(
            (host, within) -> {
              throw new UnknownHostException(host + ": Name or service not known");
            });
    Checked checked =
        Checked.of(new TcpProbe("it", TcpQuestion.of("gone.example:" + port), nowhere));
    assertThat(checked.reason()).isEqualTo("DNS: no such host: gone.example");
    assertThat(checked.attempt().time(Phase.CONNECT)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"host", "host:", "host:0", "host:65536", "host:x", ":1", "[::1]", "a/b:1"})
  void refusesWhatNamesNoPort(String address) {
    assertThatIllegalArgumentException().isThrownBy(() -> TcpQuestion.of(address));
  }

  @Test
  void refusesUrlsOfOtherSchemes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TcpQuestion.of(URI.create("udp://host:1")));
  }

  @Test
  void showsNothingOfWhatItSends() {
    assertThat(TcpQuestion.of("host:1").send("secret").toString()).isEqualTo("host:1");
  }
}
