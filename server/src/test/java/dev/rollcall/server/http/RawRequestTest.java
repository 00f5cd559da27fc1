package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no well-behaved client sends.
@Timeout(60)
class RawRequestTest {
  private static final String PING = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LAST_PING =
      "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  private static final Limits HASTY =
      new Limits(
          1000,
          1000,
          10,
          new Limits.Patience(
              Duration.ofSeconds(1),
              Duration.ofMillis(600),
              Duration.ofMillis(600),
              Duration.ofMillis(600),
              Duration.ofSeconds(15),
              Duration.ofSeconds(10)));
  private static final Route[] ROUTES = {
    Route.get("/ping", PUBLIC, request -> Answer.text(200, "pong")),
    Route.post("/body", PUBLIC, request -> Answer.text(200, "" + request.body().length)),
    Route.get(
        "/endless", PUBLIC, request -> Answer.stream(200, "text/plain", RawRequestTest::endless)),
  };
  private static Served usual;
  private static Served hasty;

  @BeforeAll
  static void serve() {
    usual = Served.routes(ROUTES);
    hasty = Served.routes(Served.anywhere().withLimits(HASTY), ROUTES);
  }

  @AfterAll
  static void stop() {
    usual.close();
    hasty.close();
  }

  private static void endless(OutputStream out) throws IOException {
    byte[] some = new byte[64 * 1024];
    while (true) {
      out.write(some);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "GET /ping HTTP/1.1\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n",
        "GET /ping HTTP/1.1\nHost: x\n\n",
        "GET /ping HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n",
        "GET  /ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ping HTTP/3.9\r\nHost: x\r\n\r\n",
        "GET /ping\r\n\r\n",
        "nonsense\r\n\r\n",
      })
  void refusesWhatIsNoRequestAndCloses(String bytes) throws Exception {
    assertThat(usual.raw(bytes + PING))
        .startsWith("HTTP/1.1 400 Bad Request")
        .contains("{\"status\":400,\"status_desc\":\"Bad Request\",\"errors\":[\"")
        .doesNotContain("pong")
        .doesNotContain("Exception");
  }

  @Test
  void bordersOnAChunkThatClaimsToBeHuge() throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(usual.raw(head + "7ffffff0\r\n" + "x".repeat(200_000))).startsWith("HTTP/1.1 413 ");
    assertThat(usual.raw(head + "1".repeat(200_000))).startsWith("HTTP/1.1 413 ");
    assertThat(usual.raw(head + "1;" + "x".repeat(200_000))).startsWith("HTTP/1.1 413 ");
  }

  @Test
  void boundsTheRequestLineAndTheHeader() throws Exception {
    assertThat(usual.raw("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\n" + numbered(101) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(
            usual.raw(
                "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + numbered(90) + "\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void refusesHttp10AndOffersNoUpgrade() throws Exception {
    assertThat(usual.raw("GET /ping HTTP/1.0\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 505 ")
        .contains("HTTP/1.1 is spoken here");
    String upgrade =
        "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n";
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\n" + upgrade + "\r\n"))
        .startsWith("HTTP/1.1 200 OK");
    assertThat(usual.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() throws Exception {
    String missing = "GET /missing HTTP/1.1\r\nHost: x\r\n\r\n";
    String body = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    String answers = usual.raw(PING + missing + body + LAST_PING + PING);
    assertThat(answers.split("HTTP/1.1 ", -1))
        .hasSize(5)
        .satisfiesExactly(
            nothing -> assertThat(nothing).isEmpty(),
            first -> assertThat(first).startsWith("200 ").endsWith("pong"),
            second -> assertThat(second).startsWith("404 "),
            third -> assertThat(third).startsWith("200 ").endsWith("3"),
            last ->
                assertThat(last).startsWith("200 ").contains("onnection: close").endsWith("pong"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /pi",
        "GET /ping HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
      })
  void cutsAClientThatTricklesOrSaysNothing(String beginning) throws Exception {
    try (Socket socket = hasty.connect()) {
      socket.getOutputStream().write(beginning.getBytes(ISO_8859_1));
      Thread trickle =
          Thread.ofVirtual().start(() -> trickle(socket, beginning.isEmpty() ? 0 : 1000));
      assertThat(drained(socket)).isTrue();
      trickle.join();
    }
    assertThat(hasty.raw(LAST_PING)).endsWith("pong");
  }

  @Test
  void cutsAClientThatDoesNotTakeItsAnswer() throws Exception {
    try (Socket socket = hasty.connect()) {
      socket
          .getOutputStream()
          .write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      // writing fails once the server has closed, whatever it has sent before and nobody read
      assertThat(trickle(socket, 200)).isFalse();
    }
  }

  @Test
  void servesOthersWhileHundredsAreIdleOrSlow() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = usual.connect();
        sockets.add(socket);
        if (i % 2 == 0) {
          socket
              .getOutputStream()
              .write(
                  "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"
                      .getBytes(ISO_8859_1));
        }
      }
      for (int i = 0; i < 50; i++) {
        assertThat(usual.get("/ping").body()).isEqualTo("pong");
      }
      for (int i = 0; i < 200; i += 2) {
        sockets.get(i).getOutputStream().write("cdefghi".getBytes(ISO_8859_1));
        assertThat((char) sockets.get(i).getInputStream().read()).isEqualTo('H');
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static String numbered(int headers) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < headers; i++) {
      text.append("X-").append(i).append(": ").append(i).append("\r\n");
    }
    return text.toString();
  }

  /// Writes a byte every 20 ms, at most `bytes` of them.
  ///
  /// @return false where the server closed before
  private static boolean trickle(Socket socket, int bytes) {
    try {
      for (int i = 0; i < bytes; i++) {
        socket.getOutputStream().write('a');
        Thread.sleep(Duration.ofMillis(20));
      }
      return true;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /// Reads until the server closes, be it by a reset.
  private static boolean drained(Socket socket) throws IOException {
    try {
      InputStream in = socket.getInputStream();
      while (in.read() >= 0) {}
      return true;
    } catch (java.net.SocketException e) {
      return true;
    }
  }
}
