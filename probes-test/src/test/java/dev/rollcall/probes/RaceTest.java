package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hosts with several addresses, of which some swallow packets, as a listener does that has no room
/// for one more connection.
class RaceTest {
  /// Far more than a head start, and far less than a share of the timeout.
  private static final Duration SOON = Duration.ofSeconds(6);

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// An address and port where nobody takes a connection and nobody refuses one.
  private static final class BlackHole implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> waiting = new ArrayList<>();

    BlackHole(String address, int port) throws IOException {
      listener = new ServerSocket(port, 1, InetAddress.ofLiteral(address));
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(listener.getLocalSocketAddress(), 200);
        } catch (IOException e) {
          return;
        }
      }
      throw new AssertionError("there is room yet");
    }

    int port() {
      return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket each : waiting) {
        each.close();
      }
      listener.close();
    }
  }

  private static List<InetAddress> addresses(String... literals) {
    return Stream.of(literals).map(InetAddress::ofLiteral).toList();
  }

  private static Checked check(Duration timeout, int port, String... literals) {
    Dialer dialer = new Dialer((host, within) -> addresses(literals));
    return Checked.of(new TcpProbe("it", TcpQuestion.of("it.example:" + port), dialer), timeout);
  }

  @Test
  void takesTheFamiliesInTurn() {
    assertThat(Race.inTurn(addresses("127.0.0.1", "127.0.0.2", "127.0.0.3", "::1", "::2")))
        .isEqualTo(addresses("127.0.0.1", "::1", "127.0.0.2", "::2", "127.0.0.3"));
    assertThat(Race.inTurn(addresses("::1", "127.0.0.1", "127.0.0.2")))
        .isEqualTo(addresses("::1", "127.0.0.1", "127.0.0.2"));
    assertThat(Race.inTurn(addresses("::1"))).isEqualTo(addresses("::1"));
  }

  @Test
  void anAddressThatSwallowsPacketsCostsNoMoreThanItsHeadStart() throws IOException {
    try (RawServer server =
            new RawServer(
                new ServerSocket(ServerRun.freePort(), 10, InetAddress.ofLiteral("::1")),
                RawServer.Line::hang);
        BlackHole hole = new BlackHole("127.0.0.1", server.port())) {
      Checked checked = check(TIMEOUT, hole.port(), "127.0.0.1", "::1");
      checked.assertUp();
      assertThat(checked.attempt().time(Phase.CONNECT).orElseThrow()).isLessThan(SOON);
      await().untilAsserted(() -> assertThat(server.open()).isZero());
    }
  }

  @Test
  void findsTheLastOfManyThatSwallowPackets() throws IOException {
    List<BlackHole> holes = new ArrayList<>();
    try (RawServer server =
        new RawServer(
            new ServerSocket(ServerRun.freePort(), 10, InetAddress.ofLiteral("::1")),
            RawServer.Line::hang)) {
      String[] literals =
          Stream.concat(
                  IntStream.rangeClosed(1, 2 * Race.MOST).mapToObj(i -> "127.0.0." + i),
                  Stream.of("::1"))
              .toArray(String[]::new);
      for (int i = 0; i < literals.length - 1; i++) {
        holes.add(new BlackHole(literals[i], server.port()));
      }
      check(TIMEOUT, server.port(), literals).assertUp();
    } finally {
      for (BlackHole each : holes) {
        each.close();
      }
    }
  }

  @Test
  void asksTheNextAtOnceWhereOneRefuses() throws IOException {
    try (RawServer server = new RawServer(RawServer.Line::hang)) {
      check(TIMEOUT, server.port(), "::1", "127.0.0.2", "127.0.0.1").assertUp();
    }
  }

  @Test
  void tellsOfEachThatDidNotAnswer() throws IOException {
    int port = ServerRun.freePort();
    try (BlackHole hole = new BlackHole("127.0.0.1", port)) {
      assertThat(check(Duration.ofMillis(700), hole.port(), "127.0.0.1", "::1").reason())
          .isEqualTo(
              "connect: refused by [::1]:%1$d; timeout: no answer within 700 ms (connecting to 127.0.0.1:%1$d)"
                  .formatted(port));
    }
    assertThat(check(TIMEOUT, port, "127.0.0.1", "::1").reason())
        .isEqualTo(
            "connect: refused by 127.0.0.1:%1$d; connect: refused by [::1]:%1$d".formatted(port));
  }

  @Test
  void leavesNoConnectionToTheOnesThatLost() throws Exception {
    try (ServerSocket one =
            new ServerSocket(ServerRun.freePort(), 10, InetAddress.ofLiteral("127.0.0.1"));
        ServerSocket two = new ServerSocket(one.getLocalPort(), 10, InetAddress.ofLiteral("::1"))) {
      Race race =
          new Race(
              addresses("127.0.0.1", "::1"),
              one.getLocalPort(),
              new Progress(Attempt.within(TIMEOUT)));
      try (Socket winner = race.run(TIMEOUT)) {
        assertThat(((InetSocketAddress) winner.getRemoteSocketAddress()).getAddress())
            .isEqualTo(one.getInetAddress());
      }
      for (ServerSocket each : List.of(one, two)) {
        each.setSoTimeout(100);
        try (Socket accepted = each.accept()) {
          accepted.setSoTimeout(10_000);
          assertThat(accepted.getInputStream().read()).isEqualTo(-1);
        } catch (SocketTimeoutException e) {
          assertThat(each).isSameAs(two); // it was not asked at all
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "::1, [::1]:80",
    "::, [::]:80",
    "2001:db8::, [2001:db8::]:80",
    "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
    "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:80",
    "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:80",
    "10:0:0:10::, [10:0:0:10::]:80",
    "::ffff:0:0:0, [::ffff:0:0:0]:80",
    "192.0.2.10, 192.0.2.10:80"
  })
  void writesAddressesAsPeopleDo(String address, String written) {
    assertThat(Authority.of(new InetSocketAddress(InetAddress.ofLiteral(address), 80)))
        .hasToString(written);
  }
}
