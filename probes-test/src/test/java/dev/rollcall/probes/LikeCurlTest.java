package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that servers send, read by the probe as the real curl reads them.
class LikeCurlTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String HELLO = "Content-Length: 5\r\n\r\nhello";

  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));

  @AfterEach
  void stop() {
    asker.close();
  }

  private static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of("plain", OK + HELLO),
        Arguments.of("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello"),
        Arguments.of("HTTP/1.0 with a length", "HTTP/1.0 200 OK\r\n" + HELLO + "more"),
        Arguments.of("no reason phrase", "HTTP/1.1 200\r\n" + HELLO),
        Arguments.of("no reason phrase but its space", "HTTP/1.1 200 \r\n" + HELLO),
        Arguments.of("a reason phrase in UTF-8", "HTTP/1.1 200 \u00c3\u00a4\r\n" + HELLO),
        Arguments.of("no length", OK + "\r\nhello"),
        Arguments.of("line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
        Arguments.of("two spaces in the status line", "HTTP/1.1  200 OK\r\n" + HELLO),
        Arguments.of("a status of four digits", "HTTP/1.1 2000 OK\r\n" + HELLO),
        Arguments.of("a status of two digits", "HTTP/1.1 20 OK\r\n" + HELLO),
        Arguments.of("status 999", "HTTP/1.1 999 No\r\n" + HELLO),
        Arguments.of("status 600", "HTTP/1.1 600 No\r\n" + HELLO),
        Arguments.of("status 099", "HTTP/1.1 099 No\r\n" + HELLO),
        Arguments.of("status 000", "HTTP/1.1 000 No\r\n" + HELLO),
        Arguments.of("HTTP/2 in a status line", "HTTP/2 200\r\n" + HELLO),
        Arguments.of("HTTP/3.0", "HTTP/3.0 200 OK\r\n" + HELLO),
        Arguments.of("lower case http", "http/1.1 200 OK\r\n" + HELLO),
        Arguments.of("Shoutcast", "ICY 200 OK\r\n" + HELLO),
        Arguments.of("HTTP/0.9", "<html>hello</html>"),
        Arguments.of("a folded line", OK + "X-Long: a\r\n b\r\n\tc\r\n" + HELLO),
        Arguments.of("a folded line first", OK + " folded\r\n" + HELLO),
        Arguments.of("a header without a colon", OK + "nonsense\r\n" + HELLO),
        Arguments.of("a header with a space before its colon", OK + "X-A : b\r\n" + HELLO),
        Arguments.of("a header without a name", OK + ": b\r\n" + HELLO),
        Arguments.of("a header with a space in its name", OK + "X A: b\r\n" + HELLO),
        Arguments.of("a header with raw bytes", OK + "X\u00e4: \u00ff\u0001\r\n" + HELLO),
        Arguments.of("the status line again as a header", OK + OK + HELLO),
        Arguments.of("two lengths that agree", OK + "Content-Length: 5\r\n" + HELLO),
        Arguments.of("two lengths in one line", OK + "Content-Length: 5, 5\r\n\r\nhello"),
        Arguments.of("a negative length", OK + "Content-Length: -5\r\n\r\nhello"),
        Arguments.of("a length with a plus", OK + "Content-Length: +5\r\n\r\nhello"),
        Arguments.of("a length that is no number", OK + "Content-Length: many\r\n\r\nhello"),
        Arguments.of("an empty length", OK + "Content-Length:\r\n\r\nhello"),
        Arguments.of("a length with spaces", OK + "Content-Length:   5  \r\n\r\nhello"),
        Arguments.of("a length with more behind it", OK + "Content-Length: 5 bytes\r\n\r\nhello"),
        Arguments.of(
            "a length beyond numbers", OK + "Content-Length: 99999999999999999999\r\n\r\nhello"),
        Arguments.of("a length in hexadecimal", OK + "Content-Length: 0x5\r\n\r\nhello"),
        Arguments.of("more than the length", OK + HELLO + "and more"),
        Arguments.of("less than the length", OK + "Content-Length: 9\r\n\r\nhello"),
        Arguments.of(
            "a length and chunks",
            OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of(
            "chunks, then a length",
            OK + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of(
            "chunks with extensions and trailers",
            OK + "Transfer-Encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"),
        Arguments.of(
            "chunks with padded sizes",
            OK + "Transfer-Encoding: chunked\r\n\r\n00005  \r\nhello\r\n000\r\n\r\n"),
        Arguments.of(
            "chunks with line feeds alone",
            OK + "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n"),
        Arguments.of(
            "chunks without the last one", OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        Arguments.of(
            "chunks whose last line is missing",
            OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
        Arguments.of(
            "chunks whose last line is cut",
            OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0"),
        Arguments.of(
            "chunks with a trailer that is cut",
            OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n"),
        Arguments.of(
            "a chunk size that is none",
            OK + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"),
        Arguments.of(
            "an empty chunk size", OK + "Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n"),
        Arguments.of(
            "chunked twice",
            OK
                + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("identity", OK + "Transfer-Encoding: identity\r\n" + HELLO),
        Arguments.of("an unknown transfer coding", OK + "Transfer-Encoding: what\r\n" + HELLO),
        Arguments.of("an empty transfer coding", OK + "Transfer-Encoding:\r\n" + HELLO),
        Arguments.of(
            "chunks in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
        Arguments.of("204 with a body", "HTTP/1.1 204 No Content\r\n" + HELLO),
        Arguments.of("304 with a body", "HTTP/1.1 304 Not Modified\r\n" + HELLO),
        Arguments.of("205 with a body", "HTTP/1.1 205 Reset Content\r\n" + HELLO),
        Arguments.of("interim answers", "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + OK + HELLO),
        Arguments.of("many interim answers", "HTTP/1.1 102 X\r\n\r\n".repeat(50) + OK + HELLO),
        Arguments.of("an unknown interim answer", "HTTP/1.1 199 X\r\n\r\n" + OK + HELLO),
        Arguments.of("an interim answer alone", "HTTP/1.1 100 Continue\r\n\r\n"),
        Arguments.of("a header of 70,000 bytes", OK + "X: " + "x".repeat(70_000) + "\r\n" + HELLO),
        Arguments.of(
            "a header of 110,000 bytes", OK + "X: " + "x".repeat(110_000) + "\r\n" + HELLO),
        Arguments.of("300 headers", OK + "X: y\r\n".repeat(300) + HELLO),
        Arguments.of("3,000 headers", OK + "X: y\r\n".repeat(3000) + HELLO),
        Arguments.of("an empty header", OK + "\r\n"),
        Arguments.of("nothing but a status line", OK),
        Arguments.of(
            "an upgrade offered", OK + "Upgrade: h2,h2c\r\nConnection: Upgrade\r\n" + HELLO),
        Arguments.of("a redirect to nowhere", "HTTP/1.1 302 X\r\nLocation:\r\n" + HELLO),
        Arguments.of("403", "HTTP/1.1 403 X\r\n" + HELLO));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void readsWhatCurlReads(String what, String answer) throws Exception {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.say(answer);
              line.socket().shutdownOutput();
              line.hang();
            })) {
      assertThat(mine(server)).isEqualTo(curl(server));
    }
  }

  /// The status and the body, or that it fails.
  private String mine(RawServer server) {
    AtomicReference<String> body = new AtomicReference<>("");
    HttpExpectation any =
        HttpExpectation.DEFAULT
            .statuses(List.of(new StatusRange(100, 999)))
            .check(answer -> body.set(answer.body()));
    Checked checked =
        Checked.of(new HttpProbe("it", HttpQuestion.of(server.uri("/")).expecting(any), asker));
    return checked.thrown().isPresent()
        ? "fails"
        : checked.attempt().status().orElseThrow() + " " + body.get();
  }

  private static String curl(RawServer server) throws IOException, InterruptedException {
    Process curl =
        new ProcessBuilder(
                "curl", "-q", "-sS", "-w", "%{stderr}%{http_code} ", server.uri("/").toString())
            .start();
    curl.getOutputStream().close();
    String body = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String status = new String(curl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return curl.waitFor() == 0 ? status + body : "fails";
  }
}
