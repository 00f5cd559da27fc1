package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpMisbehaviourTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));

  @AfterEach
  void stop() {
    asker.close();
  }

  private Checked check(RawServer server, Duration timeout) {
    return check(HttpQuestion.of(server.uri("/")), timeout);
  }

  private Checked check(HttpQuestion question, Duration timeout) {
    return Checked.of(new HttpProbe("it", question, asker), timeout);
  }

  private Checked check(RawServer.Conversation conversation) throws IOException {
    try (RawServer server = new RawServer(conversation)) {
      return check(server, Duration.ofSeconds(30));
    }
  }

  private String late(RawServer.Conversation conversation) throws IOException {
    try (RawServer server = new RawServer(conversation)) {
      Checked checked = check(server, SHORT);
      assertThat(checked.attempt().time(Phase.TOTAL).orElseThrow()).isGreaterThanOrEqualTo(SHORT);
      await().untilAsserted(() -> assertThat(server.open()).isZero());
      assertThat(checked.failure().answered()).isTrue();
      return checked.reason();
    }
  }

  @Test
  void isCutOffWaitingForTheFirstByte() throws IOException {
    assertThat(late(RawServer.Line::hang))
        .isEqualTo("timeout: no answer within 300 ms (connected, waiting for the first byte)");
  }

  @Test
  void isCutOffInAHeaderThatDrips() throws IOException {
    assertThat(late(line -> drip(line, "HTTP/1.1 200 OK\r\nX: ")))
        .isEqualTo("timeout: no answer within 300 ms (answer started, header not finished)");
  }

  @Test
  void isCutOffInABodyThatDrips() throws IOException {
    assertThat(late(line -> drip(line, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")))
        .isEqualTo("timeout: no answer within 300 ms (header received, body not finished)");
  }

  private static void drip(RawServer.Line line, String start) throws Exception {
    line.request();
    line.say(start);
    line.drip();
  }

  @Test
  void isCutOffSendingABodyThatNobodyReads() throws IOException {
    try (RawServer server = new RawServer(RawServer.Line::ignore)) {
      HttpQuestion question =
          HttpQuestion.of(server.uri("/")).method("POST").body("x".repeat(20_000_000));
      assertThat(check(question, Duration.ofSeconds(1)).reason())
          .isEqualTo("timeout: no answer within 1 s (connected, sending the request)");
    }
  }

  @Test
  void isCutOffConnecting() throws IOException {
    List<Socket> queued = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket();
        queued.add(socket);
        try {
          socket.connect(full.getLocalSocketAddress(), 100);
        } catch (IOException e) {
          break; // The queue is full.
        }
      }
      HttpQuestion question =
          HttpQuestion.of(URI.create("http://127.0.0.1:" + full.getLocalPort()));
      Checked checked = check(question, SHORT);
      assertThat(checked.reason())
          .isEqualTo(
              "timeout: no answer within 300 ms (connecting to 127.0.0.1:%d)"
                  .formatted(full.getLocalPort()));
      assertThat(checked.failure().answered()).isFalse();
      HttpSettings hurried = HttpSettings.DEFAULT.connectTimeout(Duration.ofMillis(50));
      assertThat(check(question.settings(hurried), Duration.ofSeconds(30)).reason())
          .isEqualTo(
              "timeout: no connection to 127.0.0.1:%d within 50 ms".formatted(full.getLocalPort()));
    } finally {
      for (Socket socket : queued) {
        socket.close();
      }
    }
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    int port = ServerRun.freePort();
    Checked checked =
        check(HttpQuestion.of(URI.create("http://127.0.0.1:" + port)), Duration.ofSeconds(30));
    assertThat(checked.reason()).isEqualTo("connect: refused by 127.0.0.1:" + port);
    assertThat(checked.failure().answered()).isTrue();
  }

  @Test
  void saysThatTheServerSaidNothing() throws IOException {
    assertThat(check(RawServer.Line::request).reason())
        .isEqualTo("connection closed without an answer");
  }

  @Test
  void saysThatTheConnectionWasReset() throws IOException {
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.socket().setSoLinger(true, 0);
                    })
                .reason())
        .isEqualTo("connection reset (connected, waiting for the first byte)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "garbage\r\n\r\n",
        "HTTP/9 x\r\n\r\n",
        "220 mail\r\n"
      })
  void saysThatTheAnswerIsNoHttp(String garbage) throws IOException {
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say(garbage);
                    })
                .reason())
        .isEqualTo("the answer is no HTTP");
  }

  @Test
  void readsNoEndlessHeader() throws IOException {
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say("HTTP/1.1 200 OK\r\nX: ");
                      while (true) {
                        line.say("x".repeat(1000));
                      }
                    })
                .reason())
        .startsWith("the answer's header is too long");
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say("HTTP/1.1 200 OK\r\n");
                      while (true) {
                        line.say("X: y\r\n".repeat(100));
                      }
                    })
                .reason())
        .startsWith("the answer's header is too long");
  }

  /// What follows the last chunk is kept in memory, as a header is.
  @Test
  void readsNoEndlessTrailer() throws IOException {
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int length : List.of(100, 90_000)) {
      assertThat(
              check(
                      line -> {
                        line.request();
                        line.say(chunked + "2\r\nok\r\n0\r\n");
                        while (true) {
                          line.say(("X: " + "y".repeat(length) + "\r\n").repeat(10));
                        }
                      })
                  .reason())
          .isEqualTo("the answer's header is too long: more than 307,200 bytes");
    }
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say(chunked + "1\r\nx\r\n".repeat(100_000) + "0\r\nX: y\r\n\r\n");
                    })
                .thrown())
        .isEmpty();
  }

  @Test
  void readsNoEndlessBody() throws IOException {
    check(
            line -> {
              line.request();
              line.say("HTTP/1.1 200 OK\r\n\r\n");
              while (true) {
                line.say("x".repeat(10_000));
              }
            })
        .assertUp();
  }

  @Test
  void doesNotWaitForABodyThatNobodyNeeds() throws IOException {
    Checked checked = check(line -> drip(line, "HTTP/1.1 503 Oops\r\nContent-Length: 99\r\n\r\n"));
    assertThat(checked.reason()).isEqualTo("status 503 (expected below 400)");
    assertThat(checked.attempt().remaining()).isPositive();
    AnswerExcerpt kept = checked.attempt().unexpected().orElseThrow();
    assertThat(kept.status()).isEqualTo(503);
    assertThat(kept.body()).isEmpty();
  }

  @Test
  void saysThatTheBodyBreaksOff() throws IOException {
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                    })
                .reason())
        .isEqualTo("connection closed in the middle of the body");
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf");
                    })
                .reason())
        .isEqualTo("connection closed in the middle of the body");
    assertThat(
            check(
                    line -> {
                      line.request();
                      line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nwhat\r\n");
                    })
                .reason())
        .startsWith("the body is broken: ");
  }

  @Test
  void waitsForTheAnswerBehindInterimOnes() throws IOException {
    check(
            line -> {
              line.request();
              line.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
              line.answer(200, "", "ok");
            })
        .assertUp();
  }

  @Test
  void endsWhenItsThreadIsInterruptedAndLeavesNoSocket() throws Exception {
    for (String start : List.of("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n")) {
      try (RawServer server =
          new RawServer(
              line -> {
                line.request();
                line.say(start);
                line.hang();
              })) {
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        Thread thread =
            Checked.start(
                new HttpProbe("it", HttpQuestion.of(server.uri("/")), asker),
                Attempt.within(Duration.ofMinutes(5)),
                thrown);
        await().until(() -> !server.requests().isEmpty());
        thread.interrupt();
        thread.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        await().untilAsserted(() -> assertThat(server.open()).isZero());
      }
    }
  }

  @Test
  void triesEveryAddressOfAName() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(200, "", "");
            })) {
      Resolver two =
          (host, within) ->
              List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1"));
      try (HttpAsker other = new HttpAsker(new Dialer(two))) {
        URI uri = URI.create("http://two.example:" + server.port());
        Checked.of(new HttpProbe("it", HttpQuestion.of(uri), other)).assertUp();
        assertThat(server.requests().getFirst()).contains("Host: two.example:" + server.port());
        server.stop();
        assertThat(Checked.of(new HttpProbe("it", HttpQuestion.of(uri), other)).reason())
            .isEqualTo(
                "connect: refused by 127.0.0.9:%1$d; connect: refused by 127.0.0.1:%1$d"
                    .formatted(server.port()));
      }
    }
  }

  @Test
  void servesIpv6Literals() throws IOException {
    try (RawServer server =
        new RawServer(
            new ServerSocket(0, 10, InetAddress.ofLiteral("::1")),
            line -> {
              line.request();
              line.answer(200, "", "");
            })) {
      URI uri = URI.create("http://[::1]:" + server.port() + "/");
      check(HttpQuestion.of(uri), Duration.ofSeconds(30)).assertUp();
      assertThat(server.requests().getFirst()).contains("Host: [::1]:" + server.port());
    }
  }

  @Test
  void readsALatin1BodyAsOne() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              byte[] body = "schön".getBytes(StandardCharsets.ISO_8859_1);
              line.say("HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n");
              line.out().write(body);
            })) {
      HttpQuestion question =
          HttpQuestion.of(server.uri("/")).expecting(HttpExpectation.DEFAULT.text("schön"));
      check(question, Duration.ofSeconds(30)).assertUp();
    }
  }
}
