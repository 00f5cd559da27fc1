package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRedirectTest {
  private final HttpAsker asker = new HttpAsker(new Dialer(Resolver.system()));

  /// `/to/X` sends on to `/X`; `/end` is the end; `/count/N` sends on to `/count/N-1`, and so on.
  private final RawServer server =
      new RawServer(
          line -> {
            while (true) {
              String request = line.request();
              String path = request.substring(request.indexOf('/'), request.indexOf(" HTTP/"));
              int slash = path.indexOf('/', 1);
              switch (path.substring(1, slash < 0 ? path.length() : slash)) {
                case "count" -> {
                  int left = Integer.parseInt(path.substring(7));
                  line.answer(left == 0 ? 200 : 302, to("/count/" + (left - 1)), "gone");
                }
                case "status" -> line.answer(Integer.parseInt(path.substring(8)), to("/end"), "");
                case "loop" -> line.answer(302, to("/pool"), "");
                case "pool" -> line.answer(302, to("/loop"), "");
                case "far" -> line.answer(307, to(path.substring(5)), "");
                case "endless" -> {
                  line.say("HTTP/1.1 302 X\r\n" + to("/end") + "\r\n");
                  while (true) {
                    line.say("x".repeat(1000));
                  }
                }
                case "strange" -> line.answer(302, to("?a=b|c {d}\u00c3\u00a4"), "");
                case "nowhere" -> line.answer(302, "", "");
                default -> line.answer(200, "", "");
              }
            }
          });

  private static String to(String location) {
    return "Location: " + location + "\r\n";
  }

  @AfterEach
  void stop() throws IOException {
    asker.close();
    server.close();
  }

  private HttpQuestion question(String path) {
    return HttpQuestion.of(server.uri(path));
  }

  private Checked check(HttpQuestion question) {
    return Checked.of(new HttpProbe("it", question, asker));
  }

  @Test
  void followsTenAndCountsThem() {
    Checked checked = check(question("/count/10"));
    checked.assertUp();
    assertThat(checked.attempt().redirects()).isEqualTo(10);
    assertThat(checked.attempt().status()).hasValue(200);
  }

  @Test
  void followsNoEleventh() {
    Checked checked = check(question("/count/11"));
    assertThat(checked.reason())
        .isEqualTo("more than 10 redirects, the last to http://127.0.0.1:" + server.port());
    assertThat(checked.attempt().status()).hasValue(302);
  }

  @Test
  void followsNoneIfToldSo() {
    Checked checked =
        check(question("/count/3").settings(HttpSettings.DEFAULT.followRedirects(false)));
    checked.assertUp();
    assertThat(checked.attempt().status()).hasValue(302);
    assertThat(checked.attempt().redirects()).isZero();
  }

  @Test
  void noticesALoop() {
    assertThat(check(question("/loop")).reason())
        .isEqualTo("redirect loop at http://127.0.0.1:" + server.port());
  }

  @Test
  void judgesARedirectToNowhereByItsStatus() {
    check(question("/nowhere")).assertUp();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/", "file:///etc/passwd", "mailto:a@b", "gopher://x"})
  void leavesNoOtherSchemeIn(String location) {
    assertThat(check(question("/far/" + location)).reason())
        .matches("redirect to a [a-z]+: URL, which is neither http nor https");
  }

  @ParameterizedTest
  @CsvSource({
    "301,POST,GET",
    "302,POST,GET",
    "303,POST,GET",
    "307,POST,POST",
    "308,POST,POST",
    "301,PUT,PUT",
    "303,PUT,GET",
    "303,HEAD,HEAD",
    "302,HEAD,HEAD"
  })
  void goesOnWithTheMethodThatTheStatusSays(int status, String method, String next) {
    check(question("/status/" + status).method(method).body(method.equals("HEAD") ? "" : "b"))
        .assertUp();
    String request = server.requests().getLast();
    assertThat(request).startsWith(next + " /end ");
    assertThat(request.contains("Content-Length")).isEqualTo(next.startsWith("P"));
  }

  @Test
  void bearsWithLocationsThatAreNoUris() {
    check(question("/strange")).assertUp();
    assertThat(server.requests().getLast()).startsWith("GET /strange?a=b%7Cc%20%7Bd%7D%C3%A4 ");
  }

  @Test
  void doesNotReadARedirectsOwnBody() {
    check(question("/endless")).assertUp();
    check(question("/endless").settings(HttpSettings.DEFAULT.keepAlive(true))).assertUp();
  }

  @Test
  void takesSecretsOnlyBackHome() throws IOException {
    try (RawServer other =
        new RawServer(
            line -> {
              line.request();
              line.answer(302, to(server.uri("/end") + ""), "");
            })) {
      HttpQuestion question =
          question("/far/" + other.uri("/?q#f"))
              .basicAuth("u", "p")
              .header("X-Key", "k")
              .header("Accept", "text/html");
      check(question).assertUp();
      assertThat(server.requests().getFirst()).contains("Authorization: ", "X-Key: k");
      assertThat(other.requests().getFirst())
          .startsWith("GET /?q HTTP")
          .contains("Accept: text/html", "Host: 127.0.0.1:" + other.port())
          .doesNotContain("Authorization", "X-Key");
      assertThat(server.requests().getLast()).doesNotContain("Authorization", "X-Key");
    }
  }

  @Test
  void neverShowsWhatARedirectCarries() {
    assertThat(check(question("/far/http://u:secret@:99999/?secret")).reason())
        .isEqualTo("redirect to what is no URL");
  }
}
