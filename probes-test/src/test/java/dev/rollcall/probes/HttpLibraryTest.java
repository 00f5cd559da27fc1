package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The HTTP and TCP probes as somebody's own program uses them, with nothing to set up.
class HttpLibraryTest {
  private static HttpQuestion expecting(RawServer server, HttpExpectation expected) {
    return HttpQuestion.of(server.uri("/")).expecting(expected);
  }

  @Test
  void takesANameAndAUrl() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(204, "", "");
            })) {
      Checked.of(HttpProbe.of("it", server.uri("/x").toString())).assertUp();
      Checked.of(TcpProbe.of("it", "127.0.0.1:" + server.port())).assertUp();
      assertThat(server.requests().getFirst()).startsWith("GET /x HTTP/1.1\r\n");
    }
  }

  @Test
  void givesTwoSecondsToConnectAndOneForTheAnswerUnlessToldOtherwise() {
    HttpSettings quick = HttpSettings.DEFAULT.quick();
    assertThat(quick.connectTimeout()).contains(Duration.ofSeconds(2));
    assertThat(quick.responseTimeout()).contains(Duration.ofSeconds(1));
    HttpSettings patient = HttpSettings.DEFAULT.responseTimeout(Duration.ofSeconds(9)).quick();
    assertThat(patient.responseTimeout()).contains(Duration.ofSeconds(9));
    assertThat(TcpQuestion.of("x:1").connectTimeout()).contains(Duration.ofSeconds(5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HttpSettings.DEFAULT.responseTimeout(Duration.ZERO))
        .withMessage("response timeout PT0S is not positive");
  }

  @Test
  void endsAnAnswerThatDripsByTheResponseTimeout() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.say("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
              line.drip();
            })) {
      HttpQuestion question =
          HttpQuestion.of(server.uri("/"))
              .settings(HttpSettings.DEFAULT.responseTimeout(Duration.ofMillis(200)));
      Checked checked = Checked.of(HttpProbe.of("it", question));
      assertThat(checked.reason())
          .isEqualTo("timeout: no answer within 200 ms (header received, body not finished)");
      assertThat(checked.failure().answered()).isTrue();
    }
  }

  @Test
  void letsALambdaLookAtTheAnswer() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              line.request();
              line.answer(203, "X-Mood: fine\r\n", "body");
            })) {
      HttpExpectation seen =
          HttpExpectation.DEFAULT.check(
              answer -> {
                assertThat(answer.status()).isEqualTo(203);
                assertThat(answer.header("x-mood")).isEqualTo(Optional.of("fine"));
                assertThat(answer.body()).isEqualTo("body");
                assertThat(answer).hasToString("status 203");
              });
      Checked.of(HttpProbe.of("it", expecting(server, seen))).assertUp();
      HttpExpectation own =
          HttpExpectation.DEFAULT.check(
              answer -> {
                throw ProbeFailure.answered("too few");
              });
      assertThat(Checked.of(HttpProbe.of("it", expecting(server, own))).reason())
          .isEqualTo("too few");
      HttpExpectation other =
          HttpExpectation.DEFAULT.check(
              answer -> {
                throw new IllegalStateException("no number");
              });
      assertThat(Checked.of(HttpProbe.of("it", expecting(server, other))).reason())
          .isEqualTo("the answer is not as expected: no number");
      assertThat(
              Checked.of(HttpProbe.of("it", expecting(server, HttpExpectation.DEFAULT.status(200))))
                  .reason())
          .isEqualTo("status 203 (expected 200)");
    }
  }

  @Test
  void sendsUserAndPassword() throws IOException {
    try (RawServer server =
        new RawServer(
            line -> {
              boolean known = line.request().contains("Authorization: Basic dXNlcjpzZWNyZXQ=");
              line.answer(known ? 200 : 401, "", "");
            })) {
      HttpQuestion question = HttpQuestion.of(server.uri("/"));
      Checked.of(HttpProbe.of("it", question.basicAuth("user", "secret"))).assertUp();
      assertThat(Checked.of(HttpProbe.of("it", question.basicAuth("user", "wrong"))).reason())
          .isEqualTo("status 401 (expected below 400)");
    }
  }
}
