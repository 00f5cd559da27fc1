package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnNetworkTest {
  private static final String ELSEWHERE = "192.0.2.1";

  private final TestClock clock = new TestClock();

  private OwnNetwork network(InetSocketAddress... witnesses) {
    return new OwnNetwork(List.of(witnesses), clock);
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  private static InetSocketAddress at(ServerSocket witness) {
    return new InetSocketAddress(witness.getInetAddress(), witness.getLocalPort());
  }

  /// A name without an address: what asks it fails without an answer.
  private static InetSocketAddress gone() {
    return InetSocketAddress.createUnresolved("no.such.witness.invalid", 53);
  }

  @Test
  void aWitnessThatTakesAConnectionProvesOurNetwork() throws IOException {
    try (ServerSocket witness = listening()) {
      assertThat(network(gone(), at(witness)).trouble(ELSEWHERE)).isEmpty();
      try (Socket asked = witness.accept()) {
        assertThat(asked.isConnected()).isTrue();
      }
    }
  }

  @Test
  void aWitnessThatRefusesProvesItToo() throws IOException {
    InetSocketAddress refusing;
    try (ServerSocket witness = listening()) {
      refusing = at(witness);
    }
    assertThat(network(refusing).trouble(ELSEWHERE)).isEmpty();
  }

  @Test
  void withoutAnyAnswerTheTroubleIsOurs() {
    assertThat(network(gone()).trouble(ELSEWHERE))
        .contains("our own network is down: no witness answers");
  }

  @Test
  void whatIsOnThisMachineNeedsNoNetwork() {
    OwnNetwork network = network(gone());
    for (String host : List.of("localhost", "127.0.0.1", "127.9.9.9", "[::1]")) {
      assertThat(network.trouble(host)).as(host).isEmpty();
    }
  }

  @Test
  void anAnswerIsGoodForASecond() throws IOException {
    try (ServerSocket witness = listening()) {
      OwnNetwork network = network(at(witness));
      assertThat(network.trouble(ELSEWHERE)).isEmpty();
      witness.accept().close();
      witness.setSoTimeout(1);
      clock.pass(Duration.ofMillis(999));
      assertThat(network.trouble("192.0.2.2")).isEmpty();
      assertThat(asked(witness)).isFalse();
      clock.pass(Duration.ofMillis(2));
      assertThat(network.trouble(ELSEWHERE)).isEmpty();
      assertThat(asked(witness)).isTrue();
    }
  }

  private static boolean asked(ServerSocket witness) throws IOException {
    try {
      witness.accept().close();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
