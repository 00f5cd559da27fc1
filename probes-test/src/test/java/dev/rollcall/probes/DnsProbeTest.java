package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against BIND.
class DnsProbeTest {
  @TempDir static Path folder;
  private static TestServer named;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(
        folder.resolve("zone"),
        """
        $TTL 60
        @ IN SOA ns hostmaster 1 60 60 60 60
        @ IN NS ns
        @ IN MX 10 mail
        ns IN A 192.0.2.1
        www IN A 192.0.2.10
        www IN A 192.0.2.11
        six IN AAAA 2001:db8::1
        also IN CNAME www
        note IN TXT "hello there"
        @ IN TXT "v=spf1 include:_spf.example.test" " ~all"
        dkim IN TXT "k=rsa\\; p=a\\"b" "\\195\\188"
        _ldap._tcp IN SRV 0 5 389 Mail.Example.test.
        large IN TXT %s
        """
            .formatted("\"%s\" ".formatted("x".repeat(250)).repeat(8)));
    int port = ServerRun.freePort();
    Path conf =
        Files.writeString(
            folder.resolve("named.conf"),
            """
            options {
              directory "%s"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
              recursion no; pid-file none; session-keyfile none; dnssec-validation no;
            };
            controls {};
            zone "example.test" { type master; file "zone"; };
            """
                .formatted(folder, port));
    named =
        TestServer.start(folder, port, Map.of(), "named", "-f", "-n", "1", "-c", conf.toString())
            .awaitPort();
  }

  @AfterAll
  static void stop() {
    named.close();
  }

  private static DnsProbe about(String what) {
    return DnsProbe.of("it", "dns://127.0.0.1:%d/%s".formatted(named.port(), what));
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.test",
    "www.example.test.",
    "www.example.test?type=A&expect=192.0.2.11",
    "six.example.test?type=aaaa&expect=2001:db8:0:0:0:0:0:1",
    "also.example.test?type=CNAME&expect=WWW.example.test",
    "also.example.test?expect=192.0.2.10",
    "example.test?type=MX&expect=10%20mail.example.test",
    "note.example.test?type=TXT&expect=hello%20there",
    "note.example.test?type=TXT&expect=%22hello%20there%22",
    "example.test?type=TXT&expect=v=spf1%20include:_spf.example.test%20~all",
    "dkim.example.test?type=TXT&expect=k=rsa;%20p=a%22b%C3%BC",
    "_ldap._tcp.example.test?type=SRV&expect=0%205%20389%20mail.example.test",
    "example.test?type=MX&expect=10%20MAIL.example.test.",
    "www.example.test?expect=192.0.2.11&expect=192.0.2.10",
    "large.example.test?type=TXT"
  })
  void isContentWithTheExpectedRecord(String what) {
    Checked checked = Checked.of(about(what));
    checked.assertUp();
    assertThat(checked.attempt().time(Phase.FIRST_BYTE)).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gone.example.test                    | no such name: gone.example.test (NXDOMAIN)
          www.example.test?type=MX             | www.example.test has no MX record
          note.example.test?type=TXT&expect=no | TXT of note.example.test is "hello there" (expected "no")
          www.example.test?expect=192.0.2.10&expect=192.0.2.12 | A of www.example.test is 192.0.2.10, 192.0.2.11 (expected 192.0.2.12)
          example.test?type=MX&expect=20%20mail.example.test | MX of example.test is 10 mail.example.test. (expected 20 mail.example.test.)
          """)
  void tellsWhatIsNotAsExpected(String what, String reason) {
    Checked checked = Checked.of(about(what));
    assertThat(checked.reason()).isEqualTo(reason);
    assertThat(checked.failure().answered()).isTrue();
  }

  @Test
  void tellsAServerThatDoesNotServeTheName() {
    assertThat(Checked.of(about("example.org")).reason())
        .isEqualTo("127.0.0.1:%d answers REFUSED about example.org".formatted(named.port()));
  }

  @Test
  void takesItsPartsOneByOne() {
    Checked.of(DnsProbe.of("it", "127.0.0.1:" + named.port(), "www.example.test", "A")).assertUp();
  }

  @Test
  void saysThatAServerKeepsSilent() throws Exception {
    named.freeze(true);
    try {
      Checked checked = Checked.of(about("www.example.test"), Duration.ofMillis(300));
      assertThat(checked.reason())
          .isEqualTo("timeout: no answer within 300 ms (request sent, waiting for the answer)");
      assertThat(checked.failure().answered()).isFalse();
    } finally {
      named.freeze(false);
    }
  }

  @Test
  void saysThatNobodyListens() {
    int port = ServerRun.freePort();
    assertThat(Checked.of(DnsProbe.of("it", "dns://127.0.0.1:%d/x".formatted(port))).reason())
        .isEqualTo("connect: refused by 127.0.0.1:" + port);
  }

  @Test
  void asksAgainWhenADatagramIsLost() throws Exception {
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    try (DatagramSocket relay = new DatagramSocket(0, here);
        DatagramSocket beyond = new DatagramSocket()) {
      beyond.connect(here, named.port());
      Thread relaying = Thread.ofVirtual().start(() -> loseTheFirst(relay, beyond));
      String url = "dns://127.0.0.1:%d/www.example.test".formatted(relay.getLocalPort());
      Checked.of(DnsProbe.of("it", url)).assertUp();
      assertThat(relaying.join(Duration.ofSeconds(10))).isTrue();
    }
  }

  private static void loseTheFirst(DatagramSocket relay, DatagramSocket beyond) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
      relay.receive(packet);
      packet.setLength(4096);
      relay.receive(packet);
      SocketAddress client = packet.getSocketAddress();
      beyond.send(new DatagramPacket(packet.getData(), packet.getLength()));
      DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
      beyond.receive(answer);
      relay.send(new DatagramPacket(answer.getData(), answer.getLength(), client));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dns://h             | no name to ask about: write dns://server/example.org
          dns://h/x?type=NONE | "NONE" is no type of a DNS record: A, AAAA, MX, TXT, ...
          dns://h/a..b        | "a..b" is no domain name
          dns://h/x?expect=192.0.2.999 | "192.0.2.999" is nothing that a record of type A can hold
          dns://h/x?type=A&type=MX     | the URL's parameter "type" is given twice
          dns://h/x?expct=192.0.2.9    | the URL's parameter "expct" is not understood: there are expect, type
          """)
  void refusesWhatCannotBeAsked(String url, String mistake) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnsProbe.of("it", url))
        .withMessage(mistake);
  }
}
