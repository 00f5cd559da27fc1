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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What no well-behaved client sends.
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // lines end with CR LF
class RawRequestTest {
  private static final String PING = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String LAST_PING =
      "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  private static final Limits HASTY =
      new Limits(
          1000,
          1000,
          250,
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
        "/long",
        PUBLIC,
        request ->
            Answer.stream(
                200, "text/plain", out -> out.write("x".repeat(100_000).getBytes(ISO_8859_1)))),
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
        "PROXY TCP4 192.0.2.1 192.0.2.2 5678 80\r\n",
        "\r\n\r\n\0\r\nQUIT\n!\u0011\0\f\u00c0\0\u0002\1\u00c0\0\u0002\2\u0016.\0P",
      })
  void saysWhatToDoInsteadOfTheProxyProtocol(String bytes) throws Exception {
    assertThat(usual.raw(bytes + PING))
        .startsWith("HTTP/1.1 400 Bad Request")
        .contains("the PROXY protocol is not spoken here", "X-Forwarded-For", "trusted-proxies")
        .doesNotContain("pong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /body HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Content-Length: 5\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "0\r\n\r\n",
        "POST /body HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Content-Length: 5\r\n\r\n"
            + "0\r\n\r\n",
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
        "GET /ping\r\n\r\n",
        "nonsense\r\n\r\n",
        "G@T /ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ping  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: x\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: x\r\n\n",
        "GET /ping HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n",
        "GET /ping#a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http:///ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://a@x/ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /body HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello",
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\nhello",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
      })
  void refusesWhatIsNoRequestAndCloses(String bytes) throws Exception {
    assertThat(usual.raw(bytes + PING))
        .startsWith("HTTP/1.1 400 Bad Request")
        .contains("{\"status\":400,\"status_desc\":\"Bad Request\",\"errors\":[\"")
        .doesNotContain("pong")
        .doesNotContain("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://x/ping", "HTTP://x:80/ping", "https://x/ping", "/ping"})
  void servesATargetInEachOfItsForms(String target) throws Exception {
    assertThat(usual.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("pong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\r\nhello\r\n\r\n0\r\n\r\n",
        "5;a\n\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5\r\nhello\r\n0\r\n\n",
        "5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
        "\u0665\r\nhello\r\n0\r\n\r\n"
      })
  void refusesChunksThatTheGrammarHasNot(String chunks) throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(usual.raw(head + chunks + PING))
        .startsWith("HTTP/1.1 400 Bad Request")
        .containsIgnoringCase("Connection: close")
        .doesNotContain("pong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhello\r\n0\r\n\r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "5;a=b;c=\"d e\"\r\nhello\r\n0;last\r\n\r\n",
        "5 ; a = b\r\nhello\r\n0\r\n\r\n",
        "05\r\nhello\r\n000\r\n\r\n",
        "5\r\nhello\r\n0\r\nX-Checksum: 17\r\nX-More: a\r\n\r\n"
      })
  void takesChunksWithExtensionsAndTrailers(String chunks) throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n";
    assertThat(usual.raw(head + chunks + LAST_PING).split("HTTP/1.1 200 OK", -1))
        .satisfiesExactly(
            nothing -> assertThat(nothing).isEmpty(),
            body -> assertThat(body).endsWith("\r\n\r\n5"),
            ping -> assertThat(ping).endsWith("pong"));
    assertThat(bytewise(head + chunks + LAST_PING)).endsWith("pong");
  }

  private static String bytewise(String bytes) throws Exception {
    try (Socket socket = usual.connect()) {
      socket.setTcpNoDelay(true);
      for (byte each : bytes.getBytes(ISO_8859_1)) {
        socket.getOutputStream().write(each);
      }
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  @Test
  void refusesATransferCodingThatItDoesNotKnow() throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n";
    assertThat(usual.raw(head + "0\r\n\r\n" + PING))
        .startsWith("HTTP/1.1 501 ")
        .contains("'gzip, chunked' is not understood")
        .doesNotContain("pong");
  }

  @Test
  void countsNoEmptyElementAsATransferCoding() throws Exception {
    for (String coding : List.of("chunked,", ", chunked", ",,Chunked ,")) {
      String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n";
      assertThat(usual.raw(head + "3\r\nabc\r\n0\r\n\r\n" + LAST_PING))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("pong");
    }
    for (String coding : List.of("chunked, chunked", "\"chunked\"", ",", "chunked;q=1")) {
      String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n";
      assertThat(usual.raw(head + "3\r\nabc\r\n0\r\n\r\n" + LAST_PING))
          .containsPattern("^HTTP/1.1 (400|501) ")
          .doesNotContain("pong");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http/1.1", "Http/1.1", "HTTP/1.1 x", "htcpcp/1.0", "b HTTP/1.1"})
  void takesTheVersionInCapitalsOnly(String version) throws Exception {
    assertThat(usual.raw("GET /ping " + version + "\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void logsNothingOfWhatIsNoRequest() throws Exception {
    try (Logged log = new Logged("")) {
      for (String bytes :
          List.of(
              "nonsense\r\n\r\n",
              "G@T / HTTP/1.1\r\n\r\n",
              "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n",
              "GET /ping HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
              "\r\n".repeat(20_000),
              "GET /ping HTTP/1.1\r\nHost: a b\r\n\r\n",
              "GET /ping HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n",
              "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
        assertThat(usual.raw(bytes)).startsWith("HTTP/1.1 4");
      }
      assertThat(log.records).isEmpty();
    }
  }

  @Test
  void bordersOnAChunkThatClaimsToBeHuge() throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(usual.raw(head + "7ffffff0\r\n" + "x".repeat(200_000))).startsWith("HTTP/1.1 413 ");
    assertThat(usual.raw(head + "1".repeat(200_000))).startsWith("HTTP/1.1 400 ");
    assertThat(usual.raw(head + "1;" + "x".repeat(200_000))).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void boundsTheRequestLineAndTheHeader() throws Exception {
    assertThat(usual.raw("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\n" + numbered(101) + "\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(
            usual.raw(
                "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + numbered(90) + "\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void answersHttp10AndClosesUnlessAskedNotTo() throws Exception {
    assertThat(usual.raw("GET /ping HTTP/1.0\r\n\r\n" + PING))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("\r\n\r\npong");
    String kept = "GET /ping HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    assertThat(usual.raw(kept + "GET /ping HTTP/1.0\r\n\r\n").split("HTTP/1.1 200 OK", -1))
        .hasSize(3)
        .satisfies(
            answers -> assertThat(answers[1]).containsIgnoringCase("Connection: keep-alive"));
    assertThat(usual.raw("GET /long HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .doesNotContainIgnoringCase("chunked")
        .doesNotContainIgnoringCase("keep-alive")
        .endsWith("\r\n\r\n" + "x".repeat(100_000));
    assertThat(
            usual.raw(
                "POST /body HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/3.9", "HTTP/0.9"})
  void speaksNoOtherVersion(String version) throws Exception {
    assertThat(usual.raw("GET /ping " + version + "\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 505 ")
        .contains("only HTTP/1.1 and HTTP/1.0 are supported");
  }

  /// A later minor version is read as the highest that is known (RFC 9110, section 2.5).
  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.2", "HTTP/1.9"})
  void readsALaterMinorVersionAsItsOwn(String version) throws Exception {
    String kept = "GET /ping " + version + "\r\nHost: x\r\n\r\n";
    assertThat(usual.raw(kept + LAST_PING).split("HTTP/1.1 200 OK", -1)).hasSize(3);
    assertThat(usual.raw("GET /ping " + version + "0\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 505 ");
    assertThat(usual.raw("GET /HTTP/1.2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .contains("there is nothing at /HTTP/1.2");
    assertThat(usual.raw("GET /ping " + version + "\r\n\r\n")).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:", "a:80", "[::1]:", "[::1]:80", "127.0.0.1:", ":", ""})
  void takesAHostWithAnEmptyPort(String host) throws Exception {
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a:x", "a:99999", "a b", "[::1", "[::1]x", "a@b", "a/b"})
  void refusesAHostThatIsNone(String host) throws Exception {
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void tellsBytesThatAreNoTextFromTheCharacterThatStandsForThem() throws Exception {
    String rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assertThat(usual.raw("GET /ping?a=\u00ef\u00bf\u00bd&b=\u00c3\u00bc" + rest))
        .startsWith("HTTP/1.1 200 OK");
    for (String bytes :
        List.of("\u00ff", "\u00c3", "\u00c3a\u00bc", "\u00ed\u00a0\u0080", "\u00c0\u00af")) {
      assertThat(usual.raw("GET /ping?a=" + bytes + rest))
          .startsWith("HTTP/1.1 400 ")
          .contains("is not UTF-8 text");
    }
  }

  /// It is an answer to the request, which does not need the body.
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
  void answersBeforeABodyThatNobodyNeeds(String length) throws Exception {
    try (Socket socket = usual.connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(("GET /ping HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n").getBytes(ISO_8859_1));
      InputStream in = socket.getInputStream();
      String first = until(in, "pong");
      assertThat(first).startsWith("HTTP/1.1 200 OK");
      String body = length.startsWith("T") ? "5\r\nhello\r\n0\r\n\r\n" : "hello";
      out.write((body + LAST_PING).getBytes(ISO_8859_1));
      assertThat(new String(in.readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("pong");
    }
    assertThat(hasty.raw("GET /ping HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("pong");
  }

  private static String until(InputStream in, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as("the end of %s", read).isNotNegative();
      read.append((char) next);
    }
    return read.toString();
  }

  @Test
  void offersNoUpgrade() throws Exception {
    String upgrade =
        "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n";
    assertThat(usual.raw("GET /ping HTTP/1.1\r\nHost: x\r\n" + upgrade + "\r\n"))
        .startsWith("HTTP/1.1 200 OK");
    assertThat(usual.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/1.1 505 ");
  }

  @Test
  void asksForABodyThatWaitsToBeAskedFor() throws Exception {
    String head =
        "POST /body HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Connection: close\r\n"
            + "Content-Length: 3\r\n"
            + "Expect: 100-Continue\r\n\r\n";
    try (Socket socket = usual.connect()) {
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      byte[] asked = socket.getInputStream().readNBytes(25);
      assertThat(new String(asked, ISO_8859_1)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      socket.getOutputStream().write("abc".getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 200 OK")
          .endsWith("3");
    }
    assertThat(
            usual.raw(
                "POST /body HTTP/1.1\r\n"
                    + "Host: x\r\n"
                    + "Content-Length: 100000\r\n"
                    + "Expect: 100-continue\r\n\r\n"))
        .as("refused before it is asked for")
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void answersForTheServerAsAWhole() throws Exception {
    assertThat(usual.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 204 No Content")
        .contains("Allow: DELETE, GET, HEAD, OPTIONS");
  }

  @Test
  void sendsNoBodyWithTheAnswerToHead() throws Exception {
    String head = "HEAD /long HTTP/1.1\r\nHost: x\r\n\r\n";
    assertThat(usual.raw(head + head + LAST_PING).split("HTTP/1.1 200 OK", -1))
        .satisfiesExactly(
            nothing -> assertThat(nothing).isEmpty(),
            one -> assertThat(one).contains("Content-Length: 100000").endsWith("\r\n\r\n"),
            two -> assertThat(two).endsWith("\r\n\r\n"),
            ping -> assertThat(ping).endsWith("pong"));
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
      CountDownLatch end = new CountDownLatch(1);
      Thread trickle =
          Thread.ofVirtual().start(() -> trickle(socket, beginning.isEmpty() ? 0 : 1000, end));
      assertThat(drained(socket)).isTrue();
      end.countDown();
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
      assertThat(trickle(socket, 200, new CountDownLatch(1))).isFalse();
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

  /// Writes a byte every 20 ms until the end, at most `bytes` of them.
  ///
  /// @return false where the server closed before
  private static boolean trickle(Socket socket, int bytes, CountDownLatch end) {
    try {
      for (int i = 0; i < bytes && !end.await(20, TimeUnit.MILLISECONDS); i++) {
        socket.getOutputStream().write('a');
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
