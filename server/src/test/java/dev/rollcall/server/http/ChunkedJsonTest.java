package dev.rollcall.server.http;

import static dev.rollcall.server.http.Access.PUBLIC;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Answers that are made while they are sent.
@Timeout(60)
class ChunkedJsonTest {
  private static final int MANY = 200_000;

  /// More than the system's own buffers have room for.
  private static final int HUGE = 3_000_000;

  private final AtomicInteger made = new AtomicInteger();
  private final Served served =
      Served.routes(
          Route.list("/few", PUBLIC, request -> rows(10)),
          Route.list("/many", PUBLIC, request -> rows(MANY)),
          Route.list("/huge", PUBLIC, request -> rows(HUGE)),
          Route.list("/broken", PUBLIC, request -> broken(0)),
          Route.list("/broken/later", PUBLIC, request -> broken(MANY / 2)));

  @AfterEach
  void stop() {
    served.close();
  }

  private Answer rows(int count) {
    Iterator<Json.Body> rows =
        IntStream.range(0, count)
            .<Json.Body>mapToObj(
                i ->
                    json -> {
                      made.incrementAndGet();
                      json.writeString("row " + i);
                    })
            .iterator();
    return Envelope.ok(json -> json.writeStartArray(), rows, json -> json.writeEndArray());
  }

  private static Answer broken(int at) {
    Iterator<Json.Body> rows =
        IntStream.rangeClosed(0, at)
            .<Json.Body>mapToObj(
                i ->
                    json -> {
                      if (i == at) {
                        throw new IllegalStateException("on purpose");
                      }
                      json.writeNumber(i);
                    })
            .iterator();
    return Envelope.ok(json -> json.writeStartArray(), rows, json -> json.writeEndArray());
  }

  private static String expected(int count) {
    StringBuilder text =
        new StringBuilder("{\"status\":200,\"status_desc\":\"OK\",\"data\":[\"row 0\"");
    for (int i = 1; i < count; i++) {
      text.append(",\"row ").append(i).append('"');
    }
    return text.append("]}").toString();
  }

  @Test
  void oneThatIsShortIsSentWhole() throws Exception {
    HttpResponse<String> answer = served.get("/few", "Accept-Encoding", "gzip");
    assertThat(answer.body()).isEqualTo(expected(10));
    assertThat(answer.headers().firstValueAsLong("Content-Length"))
        .hasValue(answer.body().length());
  }

  @Test
  void oneThatIsLongArrivesAsItIs() throws Exception {
    HttpResponse<String> answer = served.get("/many");
    assertThat(answer.body()).isEqualTo(expected(MANY));
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(answer.headers().firstValue("Vary")).hasValue("Accept-Encoding");
  }

  @Test
  void oneThatIsLongIsCompressedOnTheWay() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(served.at("/many")).header("Accept-Encoding", "gzip").build();
    HttpResponse<byte[]> answer = served.client().send(request, BodyHandlers.ofByteArray());
    assertThat(answer.headers().firstValue("Content-Encoding")).hasValue("gzip");
    assertThat(answer.body()).hasSizeLessThan(expected(MANY).length() / 3);
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(new String(plain.readAllBytes(), UTF_8)).isEqualTo(expected(MANY));
    }
  }

  @Test
  void whoAsksForTheHeadGetsNoMore() throws Exception {
    String answer = served.raw("HEAD /many HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
    assertThat(made.get()).isLessThan(MANY / 10);
  }

  @Test
  void nothingIsMadeForWhoDoesNotRead() throws Exception {
    try (Socket socket = served.connect()) {
      socket.getOutputStream().write("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
      AtomicInteger before = new AtomicInteger(-1);
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> made.get() > 0 && before.getAndSet(made.get()) == made.get());
      assertThat(made.get()).isLessThan(HUGE);
      assertThat(served.get("/few").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void anErrorAtItsBeginningIsAnswered() throws Exception {
    assertThat(served.get("/broken").statusCode()).isEqualTo(500);
  }

  @Test
  void anErrorOnItsWayBreaksTheConnection() throws Exception {
    try (Logged log = new Logged(Exchange.class.getName())) {
      String answer = served.raw("GET /broken/later HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(answer)
          .startsWith("HTTP/1.1 200 OK")
          .doesNotContain("]}")
          .doesNotEndWith("0\r\n\r\n");
      assertThat(log.lines()).hasSize(1);
    }
  }
}
