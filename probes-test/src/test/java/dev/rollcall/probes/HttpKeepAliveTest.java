package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpKeepAliveTest {
  private static final HttpSettings KEPT = HttpSettings.DEFAULT.keepAlive(true);

  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));

  @AfterEach
  void stop() {
    asker.close();
  }

  private Checked check(RawServer server, HttpSettings settings) {
    return Checked.of(probe(HttpQuestion.of(server.uri("/")).settings(settings)));
  }

  private HttpProbe probe(HttpQuestion question) {
    return new HttpProbe("it", question, asker);
  }

  private static void serve(RawServer.Line line) throws IOException {
    while (true) {
      line.request();
      line.answer(200, "", "fine");
    }
  }

  @Test
  void asksOverOneConnectionWhereItIsKept() throws IOException {
    try (RawServer server = new RawServer(HttpKeepAliveTest::serve)) {
      for (int i = 0; i < 5; i++) {
        Checked checked = check(server, KEPT);
        checked.assertUp();
        assertThat(checked.attempt().time(Phase.CONNECT).isPresent()).isEqualTo(i == 0);
        assertThat(checked.attempt().time(Phase.FIRST_BYTE)).isPresent();
      }
      assertThat(server.connections()).isEqualTo(1);
      asker.close();
      await().untilAsserted(() -> assertThat(server.open()).isZero());
    }
  }

  @Test
  void opensANewOneEachTimeWhereItIsNot() throws IOException {
    try (RawServer server = new RawServer(HttpKeepAliveTest::serve)) {
      check(server, KEPT).assertUp();
      for (int i = 0; i < 3; i++) {
        check(server, HttpSettings.DEFAULT).assertUp();
      }
      assertThat(server.connections()).isEqualTo(4);
      await().untilAsserted(() -> assertThat(server.open()).isEqualTo(1));
    }
  }

  @Test
  void asksAgainWhenTheKeptConnectionWasClosed() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(200, "", "fine");
              if (line.number() % 2 == 0) {
                line.request(); // Takes the next request, and closes without an answer.
              }
            })) {
      for (int i = 0; i < 10; i++) {
        check(server, KEPT).assertUp();
      }
      assertThat(server.connections()).isGreaterThan(8);
    }
  }

  @Test
  void asksAgainOnlyWhatMayBeAskedTwice() throws IOException {
    try (RawServer server = new RawServer(HttpKeepAliveTest::serve)) {
      HttpQuestion post = HttpQuestion.of(server.uri("/")).settings(KEPT).method("POST").body("x");
      Checked.of(probe(post)).assertUp();
      Checked.of(probe(post)).assertUp();
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void asksAgainOnlyOnce() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              if (line.number() == 1) {
                line.answer(200, "", "fine");
              }
            })) {
      check(server, KEPT).assertUp();
      assertThat(check(server, KEPT).reason()).isEqualTo("connection closed without an answer");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void keepsNoConnectionThatWasLeftInTheMiddle() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(200, "", "x".repeat(100_000));
              line.hang();
            })) {
      check(server, KEPT.bodyLimit(10)).assertUp();
      await().untilAsserted(() -> assertThat(server.open()).isZero());
      check(server, KEPT.bodyLimit(10)).assertUp();
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void keepsNoConnectionLongerThanTheServerSays() throws Exception {
    try (RawServer server =
        new RawServer(
            line -> {
              while (true) {
                line.request();
                line.answer(200, "Keep-Alive: timeout=1\r\n", "");
              }
            })) {
      check(server, KEPT).assertUp();
      check(server, KEPT).assertUp();
      assertThat(server.connections()).isEqualTo(1);
      await()
          .pollDelay(Duration.ofMillis(1100)) // The server's second; there is no clock to turn.
          .untilAsserted(() -> check(server, KEPT).assertUp());
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void boundsAKeptConnectionByTheDeadlineOfThePresentCheck() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(200, "", "fine");
              line.hang();
            })) {
      check(server, KEPT).assertUp();
      Checked checked =
          Checked.of(
              probe(HttpQuestion.of(server.uri("/")).settings(KEPT)), Duration.ofMillis(200));
      assertThat(checked.reason())
          .isEqualTo("timeout: no answer within 200 ms (connected, waiting for the first byte)");
      assertThat(checked.failure().answered()).isFalse();
      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
