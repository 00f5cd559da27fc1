package dev.rollcall.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// Pages as they are sent.
class AnswerTest {
  @Test
  void compressesPagesForWhoTakesIt() throws Exception {
    String html = "<p>hello</p>\n".repeat(1_000);
    Route page = Route.get("/", Access.PUBLIC, request -> Answer.html(200, html));
    try (Served served = Served.routes(page)) {
      HttpResponse<byte[]> packed = bytes(served, "GZIP");
      assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(packed.headers().firstValue("Vary")).contains("Accept-Encoding");
      assertThat(packed.headers().firstValue("Content-Length"))
          .contains(String.valueOf(packed.body().length));
      assertThat(packed.body()).hasSizeLessThan(500);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
          .asString(UTF_8)
          .isEqualTo(html);
      for (String other : List.of("identity", "gzip;q=0", "br", "*;q=0", "gzip;q=nothing")) {
        HttpResponse<byte[]> plain = bytes(served, other);
        assertThat(plain.headers().firstValue("Content-Encoding")).as(other).isEmpty();
        assertThat(plain.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(plain.body()).asString(UTF_8).isEqualTo(html);
      }
    }
  }

  @Test
  void sendsPagesWithTheHeadersThatProtectThem() throws Exception {
    Route page = Route.get("/", Access.PUBLIC, request -> Answer.html(200, "<p>hello"));
    try (Served served = Served.routes(page)) {
      HttpResponse<String> answer = served.get("/");
      assertThat(answer.headers().firstValue("Content-Security-Policy"))
          .contains(
              "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
                  + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors"
                  + " 'none'");
      assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    }
  }

  private static HttpResponse<byte[]> bytes(Served served, String accepted) throws Exception {
    return served
        .client()
        .send(
            HttpRequest.newBuilder(served.at("/")).header("Accept-Encoding", accepted).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }
}
