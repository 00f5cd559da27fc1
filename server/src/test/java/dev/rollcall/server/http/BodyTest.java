package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
  private static final String[] JSON = {"Content-Type", "application/json"};
  private static Served served;

  @BeforeAll
  static void serve() {
    served =
        Served.routes(
            Route.post("/echo", PUBLIC, request -> Answer.bytes(200, "text/plain", request.body())),
            Route.post("/small", PUBLIC, request -> Answer.text(200, "" + request.body().length))
                .withBodyLimit(10),
            Route.post("/large", PUBLIC, request -> Answer.text(200, "" + request.body().length))
                .withBodyLimit(Route.LARGEST_BODY),
            Route.post("/json", PUBLIC, request -> Answer.text(200, request.json().toString())),
            Route.post("/ignores", PUBLIC, request -> Answer.text(200, "ok")));
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @Test
  void takesABodyUpToTheLimitAndRefusesTheNextByte() throws Exception {
    assertThat(served.post("/small", "0123456789").body()).isEqualTo("10");
    HttpResponse<String> refused = served.post("/small", "0123456789a");
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body())
        .contains("\"errors\":[\"the body is larger than the limit of 10 bytes\"]");
    assertThat(served.post("/echo", "x".repeat(Route.DEFAULT_BODY)).statusCode()).isEqualTo(200);
    assertThat(served.post("/echo", "x".repeat(Route.DEFAULT_BODY + 1)).statusCode())
        .isEqualTo(413);
    assertThat(served.post("/large", "x".repeat(Route.LARGEST_BODY)).body()).isEqualTo("16777216");
  }

  @Test
  void countsAChunkedBody() throws Exception {
    assertThat(chunked("/small", 10).body()).isEqualTo("10");
    assertThat(chunked("/small", 11).statusCode()).isEqualTo(413);
    assertThat(chunked("/ignores", 10).statusCode()).isEqualTo(200);
    assertThat(chunked("/small", 1_000_000).statusCode()).isEqualTo(413);
  }

  @Test
  void answersBeforeALargeUploadHasEnded() throws Exception {
    assertThat(served.post("/small", "x".repeat(5_000_000)).statusCode()).isEqualTo(413);
    assertThat(served.post("/nowhere", "x".repeat(5_000_000)).statusCode()).isEqualTo(404);
  }

  @Test
  void asksForNoBodyThatItWillNotTake() throws Exception {
    String head =
        "POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n";
    assertThat(served.raw(head + "Content-Length: 11\r\n\r\n")).startsWith("HTTP/1.1 413 ");
    assertThat(served.raw(head + "Content-Length: 3\r\n\r\nabc"))
        .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
  }

  @Test
  void decompressesWithinTheLimit() throws Exception {
    assertThat(gzipped("/echo", "hello".getBytes(UTF_8)).body()).isEqualTo("hello");
    assertThat(gzipped("/echo", new byte[10_000_000]).statusCode()).isEqualTo(413);
    HttpResponse<String> broken = served.post("/echo", "no gzip", "Content-Encoding", "gzip");
    assertThat(broken.statusCode()).isEqualTo(400);
    assertThat(broken.body()).contains("Content-Encoding");
  }

  @Test
  void refusesAnEncodingItDoesNotKnow() throws Exception {
    for (String coding : List.of("br", "deflate", "gzip, br", "zstd", "gzip, gzip, gzip, gzip")) {
      HttpResponse<String> answer = served.post("/echo", "x", "Content-Encoding", coding);
      assertThat(answer.statusCode()).as(coding).isEqualTo(415);
      assertThat(answer.headers().firstValue("Accept-Encoding")).contains("gzip");
    }
    assertThat(served.post("/echo", "x", "Content-Encoding", "br").body())
        .contains("Content-Encoding 'br' is not understood: send gzip or nothing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gzip", "GZIP", "x-gzip", "X-GZip", "identity, gzip", " gzip ,Identity", ",gzip"})
  void takesTheNamesOfACodingInAnyCaseAndList(String coding) throws Exception {
    HttpResponse<String> answer =
        served.send(
            "POST",
            "/echo",
            BodyPublishers.ofByteArray(gzip("hello".getBytes(UTF_8))),
            "Content-Encoding",
            coding);
    assertThat(answer.body()).isEqualTo("hello");
  }

  @Test
  void takesOffCodingsThatWerePutOnOneAfterTheOther() throws Exception {
    byte[] twice = gzip(gzip("hello".getBytes(UTF_8)));
    assertThat(
            served
                .send(
                    "POST",
                    "/echo",
                    BodyPublishers.ofByteArray(twice),
                    "Content-Encoding",
                    "gzip, x-gzip")
                .body())
        .isEqualTo("hello");
    assertThat(served.post("/echo", "plain", "Content-Encoding", "Identity").body())
        .isEqualTo("plain");
  }

  @ParameterizedTest
  @CsvSource({
    "application/json",
    "application/json; charset=utf-8",
    "application/merge-patch+json",
    "application/x-www-form-urlencoded" // as curl -d says of anything
  })
  void readsJson(String type) throws Exception {
    assertThat(served.post("/json", " {\"a\":[1,2]} \n", "Content-Type", type).body())
        .isEqualTo("{\"a\":[1,2]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/jsonp", "text/html"})
  void refusesAnotherContentTypeWhereItWantsJson(String type) throws Exception {
    HttpResponse<String> answer = served.post("/json", "{}", "Content-Type", type);
    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.body()).contains("send application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":}|at line 1, column 6",
        "{\"a\":1}x|at line 1, column 8",
        "{\"a\":1} {}|at line 1, column 9: nothing may follow",
        "{\"a\":1,\"a\":2}|Duplicate",
        "{'a':1}|at line 1, column 2",
        "{\"a\":NaN}|at line 1",
        "{\"a\":01}|at line 1",
        "[1,|at line 1",
        "\"abc|at line 1",
      })
  void saysWhereJsonIsMalformed(String json, String where) throws Exception {
    HttpResponse<String> answer = served.post("/json", json, JSON);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("malformed JSON").contains(where).doesNotContain("Source");
  }

  @Test
  void boundsJsonAndWantsSome() throws Exception {
    assertThat(served.post("/json", "", JSON).body()).contains("the body is empty");
    assertThat(served.post("/json", "[".repeat(65) + "]".repeat(65), JSON).body())
        .contains("too deep");
    assertThat(served.post("/json", "[".repeat(64) + "]".repeat(64), JSON).statusCode())
        .isEqualTo(200);
    assertThat(served.post("/json", "1".repeat(101), JSON).statusCode()).isEqualTo(400);
    assertThat(served.post("/json", "\n\n  oops", JSON).body()).contains("at line 3, column");
  }

  @Test
  void keepsTheConnectionWhereAShortBodyIsIgnored() throws Exception {
    String one = "POST /ignores HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody";
    String last =
        "POST /ignores HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody";
    assertThat(served.raw(one + one + last).split("HTTP/1.1 200 OK", -1)).hasSize(4);
  }

  private static HttpResponse<String> chunked(String path, int size)
      throws IOException, InterruptedException {
    return served.send(
        "POST", path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[size])));
  }

  private static HttpResponse<String> gzipped(String path, byte[] content)
      throws IOException, InterruptedException {
    return served.send(
        "POST", path, BodyPublishers.ofByteArray(gzip(content)), "Content-Encoding", "gzip");
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
