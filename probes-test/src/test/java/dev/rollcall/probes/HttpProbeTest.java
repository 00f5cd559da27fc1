package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpServer;
import dev.rollcall.probe.AnswerExcerpt;
import dev.rollcall.probe.Phase;
import dev.rollcall.probes.HttpExpectation.JsonExpectation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProbeTest {
  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));
  private final Map<String, String> heard = new ConcurrentHashMap<>();
  private HttpServer server;
  private URI base;

  HttpProbeTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          heard.put("method", exchange.getRequestMethod());
          heard.put("uri", exchange.getRequestURI().toString());
          exchange.getRequestHeaders().forEach((k, v) -> heard.put(k, String.join(",", v)));
          heard.put(
              "body", new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          boolean status = path.startsWith("/status/");
          byte[] body =
              (path.equals("/json")
                      ? "{\"status\":\"ok\",\"parts\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"n\":3}"
                      : "All is well, Grüße")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              status ? Integer.parseInt(path.substring(8)) : 200,
              exchange.getRequestMethod().equals("HEAD") ? -1 : body.length);
          if (!exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    asker.close();
    server.stop(0);
  }

  private HttpQuestion question(String path) {
    return HttpQuestion.of(base.resolve(path));
  }

  private Checked check(HttpQuestion question) {
    return Checked.of(new HttpProbe("it", question, asker));
  }

  private Checked check(HttpExpectation expectation, String path) {
    return check(question(path).expecting(expectation));
  }

  @Test
  void isContentWithAnAnswerAndMeasuresEveryPhase() {
    Checked checked = check(question("/"));
    checked.assertUp();
    assertThat(checked.attempt().status()).hasValue(200);
    Duration parts =
        time(checked, Phase.DNS)
            .plus(time(checked, Phase.CONNECT))
            .plus(time(checked, Phase.FIRST_BYTE));
    assertThat(time(checked, Phase.CONNECT)).isPositive();
    assertThat(time(checked, Phase.FIRST_BYTE)).isPositive();
    assertThat(parts).isLessThanOrEqualTo(time(checked, Phase.HEADER));
    assertThat(time(checked, Phase.HEADER)).isLessThanOrEqualTo(time(checked, Phase.TOTAL));
    assertThat(checked.attempt().time(Phase.TLS)).isEmpty();
  }

  private static Duration time(Checked checked, Phase phase) {
    return checked.attempt().time(phase).orElseThrow();
  }

  @Test
  void saysWhoAsksAndNothingMore() {
    check(question("/a%20b?c=d%26")).assertUp();
    assertThat(heard)
        .containsEntry("method", "GET")
        .containsEntry("uri", "/a%20b?c=d%26")
        .containsEntry("Host", base.getRawAuthority())
        .containsEntry("Connection", "close")
        .doesNotContainKeys("Accept-encoding", "Cookie", "Upgrade", "Expect");
    assertThat(heard.get("User-agent")).matches("Rollcall/\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void sendsMethodHeadersAndBody() {
    check(question("/").method("POST").header("X-Key", "k").header("Host", "other").body("ä"))
        .assertUp();
    assertThat(heard)
        .containsEntry("method", "POST")
        .containsEntry("X-key", "k")
        .containsEntry("Host", "other")
        .containsEntry("Content-type", "text/plain; charset=UTF-8")
        .containsEntry("body", "ä");
  }

  @Test
  void keepsTheBeginningOfAnAnswerThatIsNotAsExpectedWithoutSecrets() {
    Checked up = check(question("/"));
    assertThat(up.attempt().unexpected()).isEmpty();
    AnswerExcerpt status = check(question("/status/503")).attempt().unexpected().orElseThrow();
    assertThat(status.status()).isEqualTo(503);
    assertThat(status.headers()).containsOnlyKeys("Date", "Content-Length");
    assertThat(status.body()).isEqualTo("All is well, Grüße");
    AnswerExcerpt text =
        check(HttpExpectation.DEFAULT.text("broken"), "/").attempt().unexpected().orElseThrow();
    assertThat(text.status()).isEqualTo(200);
    assertThat(text.body()).isEqualTo("All is well, Grüße");
    HttpQuestion secret = question("/status/503").basicAuth("user", "is well");
    assertThat(check(secret).attempt().unexpected().orElseThrow().body())
        .isEqualTo("All ***, Grüße");
    HttpQuestion head = question("/status/503").method("HEAD");
    assertThat(check(head).attempt().unexpected().orElseThrow().body()).isEmpty();
  }

  @Test
  void expectsNoBodyAfterHead() {
    check(question("/").method("HEAD")).assertUp();
    assertThat(heard).containsEntry("method", "HEAD");
  }

  @Test
  void authenticatesWithUserAndPasswordAlsoOfTheUrl() {
    check(question("/").basicAuth("user", "päss")).assertUp();
    assertThat(heard).containsEntry("Authorization", "Basic dXNlcjpww6Rzcw==");
    heard.clear();
    HttpQuestion question =
        HttpQuestion.of(URI.create("http://user:p%C3%A4ss@" + base.getRawAuthority() + "/x?y"));
    check(question).assertUp();
    assertThat(heard)
        .containsEntry("Authorization", "Basic dXNlcjpww6Rzcw==")
        .containsEntry("uri", "/x?y");
  }

  @Test
  void showsNoSecretInItsText() {
    HttpQuestion question =
        HttpQuestion.of(URI.create("https://user:secret@example.org/secret?key=secret"))
            .header("X-Key", "secret")
            .body("secret");
    assertThat(new HttpProbe("it", question, asker).toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304, 399})
  void takesAStatusBelow400ForWell(int status) {
    Checked checked = check(question("/status/" + status));
    checked.assertUp();
    assertThat(checked.attempt().status()).hasValue(status);
  }

  @Test
  void takesAnyOtherStatusForAFailureThatWasAnswered() {
    Checked checked = check(question("/status/503"));
    assertThat(checked.reason()).isEqualTo("status 503 (expected below 400)");
    assertThat(checked.failure().answered()).isTrue();
    assertThat(checked.failure().isHere()).isFalse();
    assertThat(checked.attempt().status()).hasValue(503);
    assertThat(checked.attempt().time(Phase.HEADER)).isPresent();
  }

  @Test
  void canExpectOtherStatuses() {
    HttpExpectation teapot =
        HttpExpectation.DEFAULT.statuses(
            List.of(StatusRange.parse("418"), StatusRange.parse("5xx")));
    check(teapot, "/status/418").assertUp();
    check(teapot, "/status/503").assertUp();
    assertThat(check(teapot, "/status/200").reason())
        .isEqualTo("status 200 (expected 418 or 500-599)");
  }

  @Test
  void looksForTextInTheBody() {
    check(HttpExpectation.DEFAULT.text("Grüße"), "/").assertUp();
    assertThat(check(HttpExpectation.DEFAULT.text("unwell"), "/").reason())
        .isEqualTo("body does not contain \"unwell\"");
  }

  @Test
  void looksForTextNoFurtherThanTheLimit() {
    HttpQuestion question =
        question("/")
            .expecting(HttpExpectation.DEFAULT.text("well"))
            .settings(HttpSettings.DEFAULT.bodyLimit(8));
    assertThat(check(question).reason())
        .isEqualTo("body does not contain \"well\" in its first 8 bytes");
  }

  @ParameterizedTest
  @CsvSource({"$.status,ok", "$.n,3", "$..name,b", "$.parts[0],{\"name\":\"a\"}", "$.status,"})
  void looksIntoAJsonBody(String path, String value) {
    JsonExpectation json = new JsonExpectation(path, Optional.ofNullable(value));
    check(HttpExpectation.DEFAULT.json(json), "/json").assertUp();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "/json; $.status; bad; body has ok at $.status, expected bad",
        "/json; $..name; c; body has [\"a\",\"b\"] at $..name, expected c",
        "/json; $.gone; x; body has no $.gone",
        "/json; $.gone.further; x; body has no $.gone.further",
        "/json; $..gone; ; body has no $..gone",
        "/; $.status; ok; body is no JSON",
      })
  void saysWhatIsWrongWithAJsonBody(String path, String json, String value, String reason) {
    JsonExpectation expectation = new JsonExpectation(json, Optional.ofNullable(value));
    assertThat(check(HttpExpectation.DEFAULT.json(expectation), path).reason()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x/", "/x", "http:///x", "http://x:0/", "mailto:a@b", "http://x:y/"})
  void refusesWhatIsNoHttpUrl(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> HttpQuestion.of(URI.create(url)));
  }

  @Test
  void refusesWhatCannotBeSentOrExpected() {
    HttpQuestion question = question("/");
    assertThatIllegalArgumentException().isThrownBy(() -> question.method("GET /"));
    assertThatIllegalArgumentException().isThrownBy(() -> question.header("X", "a\r\nY: b"));
    assertThatIllegalArgumentException().isThrownBy(() -> question.header("X y", "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> StatusRange.parse("99"));
    assertThatIllegalArgumentException().isThrownBy(() -> StatusRange.parse("300-200"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> HttpExpectation.DEFAULT.json(new JsonExpectation("$[", Optional.empty())));
  }

  @Test
  void asksForUrlsInAscii() {
    assertThat(HttpQuestion.of(URI.create("HTTP://bücher.example:80/ä?ö#frag")).uri())
        .isEqualTo(URI.create("http://xn--bcher-kva.example/%C3%A4?%C3%B6"));
    assertThat(HttpQuestion.of(URI.create("https://[::1]:8443")).uri())
        .isEqualTo(URI.create("https://[::1]:8443/"));
  }

  @Test
  void namesNoPortThatGoesWithoutSaying() {
    assertThat(HttpTarget.of(URI.create("http://example.org:80/")).host().toHostString())
        .isEqualTo("example.org");
    assertThat(HttpTarget.of(URI.create("https://[::1]:80/")).host().toHostString())
        .isEqualTo("[::1]:80");
  }

  @Test
  void readsHostsThatUrisDoNotKnow() {
    assertThat(Authority.of(URI.create("http://my_service:8080/x"), 80))
        .isEqualTo(new Authority("my_service", 8080));
    assertThat(Authority.of(URI.create("http://u:p@[::1]/x"), 80))
        .isEqualTo(new Authority("::1", 80));
  }
}
