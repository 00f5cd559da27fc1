package dev.rollcall.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.ProbeFailure;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
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
        .isEqualTo(
            "more than 10 redirects, the last to http://127.0.0.1:" + server.port() + "/count/0");
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
        .isEqualTo("redirect loop at http://127.0.0.1:" + server.port() + "/pool");
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
    assertThat(server.requests().getLast()).startsWith("GET /strange?a=b|c%20{d}%C3%A4 ");
  }

  /// As Chromium and Firefox read them (WHATWG URL, 4.4).
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\0',
      value = {
        "/x; /x",
        "x; /a/x",
        "../x; /x",
        "../../../x; /x",
        "./; /a/",
        "/x/../y/./z; /y/z",
        "/x/%2e%2E/y; /y",
        "/x/..; /",
        "?e=f; /a/b?e=f",
        "#top; /a/b?c=d",
        "/x#top?y; /x",
        "/x?y#top; /x?y",
        "//o.example; http://o.example/",
        "//o.example:81?x; http://o.example:81/?x",
        "///o.example/x; http://o.example/x",
        "\\x\\y?\\; /x/y?\\",
        "\\\\o.example\\x; http://o.example/x",
        "/\\o.example/x; http://o.example/x",
        "http:/x; /x",
        "http:x; /a/x",
        "https:o.example; https://o.example/",
        "HTTP://O.example:80; http://o.example/",
        "https://o.example:443/x; https://o.example/x",
        "https://u:p@o.example/x@y; https://o.example/x@y",
        "http://my_host/x; http://my_host/x",
        "http://[::1]:8080/x; http://[::1]:8080/x",
        "/a b|c\"<>`{}^; /a%20b|c%22%3C%3E%60%7B%7D%5E",
        "/%zz%; /%zz%",
        "/x\ty; /xy",
        "/sch\u00c3\u00b6n; /sch%C3%B6n",
        "/sch\u00f6n; /sch%F6n",
        "http://o.example/\u00d1\u0085; http://o.example/%D1%85",
        "/ok#\u00d1\u0085\u00d1\u0085; /ok",
        "/\u00c3\u0085rhus?\u00c4\u0085#x; /%C3%85rhus?%C4%85",
        "/x?u=http://o.example/y; /x?u=http://o.example/y",
      })
  void readsLocationsAsBrowsersDo(String location, String target) throws ProbeFailure {
    HttpTarget from = HttpTarget.of(HttpQuestion.of(URI.create("http://h.example/a/b?c=d")).uri());
    HttpTarget to = Redirect.target(from, location);
    assertThat(to.origin() + to.path())
        .isEqualTo(target.startsWith("/") ? "http://h.example" + target : target);
  }

  @Test
  void takesTheFirstLocationThatSaysSomething() throws IOException {
    try (RawServer several =
        new RawServer(
            line -> {
              boolean first = line.request().startsWith("GET / ");
              line.answer(first ? 302 : 200, to("") + to("/one") + to("/two"), "");
            })) {
      check(HttpQuestion.of(several.uri("/"))).assertUp();
      assertThat(several.requests().getLast()).startsWith("GET /one ");
    }
    try (RawServer empty =
        new RawServer(
            line -> {
              line.request();
              line.answer(302, to(" "), "");
            })) {
      check(HttpQuestion.of(empty.uri("/"))).assertUp();
      assertThat(empty.requests()).hasSize(1);
    }
  }

  /// What a login or a consent page does: it sends back to where one came from, with a cookie.
  @Test
  void keepsCookiesForTheCheckAndNotForTheNext() throws IOException {
    try (RawServer door =
        new RawServer(
            line -> {
              boolean in = line.request().contains("Cookie: ");
              line.answer(
                  in ? 200 : 302,
                  to("/") + "Set-Cookie: seen=1; Path=/; HttpOnly\r\nSet-Cookie: b=\"2\"\r\n",
                  "");
            })) {
      for (boolean keepAlive : new boolean[] {false, true}) {
        HttpQuestion question =
            HttpQuestion.of(door.uri("/"))
                .header("cookie", "seen=0; own=x")
                .settings(HttpSettings.DEFAULT.keepAlive(keepAlive));
        check(HttpQuestion.of(door.uri("/"))).assertUp();
        assertThat(door.requests().getLast()).contains("\r\nCookie: b=\"2\"; seen=1\r\n");
        assertThat(door.requests().get(door.requests().size() - 2)).doesNotContain("Cookie");
        check(question).assertUp();
        assertThat(door.requests().getLast()).containsOnlyOnce("ookie: ").contains("own=x");
      }
    }
  }

  @Test
  void sendsTheBytesOfACookieBackAsTheyCame() throws IOException {
    String value = "\u0080\u0085\u009f\u00a0\u00e9\u00ff";
    try (RawServer door =
        new RawServer(
            line -> {
              while (true) {
                boolean in = line.request().contains("Cookie: ");
                line.answer(in ? 200 : 302, to("/") + "Set-Cookie: a=" + value + "z\r\n", "");
              }
            })) {
      Checked.of(new HttpProbe("it", HttpQuestion.of(door.uri("/")), asker)).assertUp();
      assertThat(door.requests().getLast()).contains("\r\nCookie: a=" + value + "z\r\n");
    }
  }

  @Test
  void sendsCookiesToWhomTheyAreFor() throws Exception {
    List<String> set =
        List.of(
            "all=1; Domain=example.test; Path=/",
            "host=1; Path=/",
            "below=1; Path=/below",
            "tls=1; Path=/; Secure", // nobody could tell who has set it
            "gone=1; Path=/; Max-Age=0",
            "foreign=1; Domain=o.test",
            "suffix=1; Domain=com",
            "nonsense");
    BasicClassicHttpResponse answer = new BasicClassicHttpResponse(302);
    set.forEach(cookie -> answer.addHeader("Set-Cookie", cookie));
    Cookies cookies = new Cookies();
    HttpTarget from = new HttpTarget("http", new Authority("a.example.test", 80), "/x");
    cookies.keep(answer, from);
    assertThat(cookies.header(from, Optional.empty())).hasValue("all=1; host=1");
    assertThat(
            cookies.header(new HttpTarget("https", from.authority(), "/below"), Optional.empty()))
        .hasValueSatisfying(
            sent ->
                assertThat(sent.split("; "))
                    .containsExactlyInAnyOrder("all=1", "host=1", "below=1"));
    assertThat(
            cookies.header(
                new HttpTarget("http", new Authority("b.example.test", 81), "/"),
                Optional.of("own=1")))
        .hasValue("own=1; all=1");
    assertThat(
            cookies.header(
                new HttpTarget("http", new Authority("o.test", 80), "/"), Optional.empty()))
        .isEmpty();
  }

  /// RFC 6265, 5.2.1 to 5.2.4: what an attribute says in vain is ignored, and the cookie is kept.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1; expires=0",
        "a=1; Expires=some day; Path=/",
        "a=1; domain=",
        "a=1; Domain= ; Path=/",
        "a=1; Path=\"\"",
        "a=1; path=x",
        "a=1; Path="
      })
  void keepsCookiesWithAttributesThatSayNothing(String cookie) {
    BasicClassicHttpResponse answer = new BasicClassicHttpResponse(302);
    answer.addHeader("Set-Cookie", cookie);
    Cookies cookies = new Cookies();
    HttpTarget from = HttpTarget.of(URI.create("http://h.example/in"));
    cookies.keep(answer, from);
    assertThat(cookies.header(from, Optional.empty())).hasValue("a=1");
  }

  private static Optional<String> sentBack(String url, String... set) {
    BasicClassicHttpResponse answer = new BasicClassicHttpResponse(302);
    for (String cookie : set) {
      answer.addHeader("Set-Cookie", cookie);
    }
    Cookies cookies = new Cookies();
    HttpTarget from = HttpTarget.of(URI.create(url));
    cookies.keep(answer, from);
    return cookies.header(from, Optional.empty());
  }

  /// RFC 6265, 5.3: the last of several attributes of a name counts, and for Max-Age the last that
  /// is a number. What it says in vain takes the place of what was said before it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1; Path=/elsewhere; Path=",
        "a=1; Path=/elsewhere; path=in",
        "a=1; Domain=other.example; Domain=",
        "a=1; Max-Age=0; Max-Age=100",
        "a=1; Max-Age=100; Max-Age=soon",
        "a=1; Max-Age=99999999999999999999",
        "a=\"; Path=/"
      })
  void takesTheLastOfSeveralAttributes(String cookie) {
    assertThat(sentBack("http://h.example/in", cookie))
        .hasValue(cookie.substring(0, cookie.indexOf(';')));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1; Path=/; Path=/elsewhere",
        "a=1; Max-Age=0; Max-Age=soon",
        "a=1; Max-Age=100; Max-Age=-1",
        "a=1; Domain=h.example; Domain=other.example"
      })
  void takesNoCookieForOneOfTheAttributesBefore(String cookie) {
    assertThat(sentBack("http://h.example/in", cookie)).isEmpty();
  }

  /// RFC 6265bis, 4.1.3 and 5.7: such names promise how a cookie was set.
  @Test
  void believesNoNameThatPromisesMoreThanIsTrue() {
    String secure = "__Secure-a=1";
    String host = "__Host-a=1";
    assertThat(sentBack("http://h.example/", secure, host + "; Path=/", secure + "; Secure"))
        .isEmpty();
    assertThat(sentBack("https://h.example/in", secure, host + "; Secure; Path=/x")).isEmpty();
    assertThat(sentBack("https://h.example/", host + "; Secure; Path=/; Domain=h.example"))
        .isEmpty();
    assertThat(sentBack("https://h.example/", "__HOST-a=1; Path=/", "__secure-a=1")).isEmpty();
    assertThat(sentBack("https://h.example/in", secure + "; Secure")).hasValue(secure);
    assertThat(sentBack("https://h.example/in", host + "; Secure; Path=/")).hasValue(host);
  }

  /// As in curl and browsers, this machine is as good as TLS: nobody listens in between.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://h.example/",
        "http://localhost/",
        "http://LOCALHOST:81/",
        "http://127.0.0.1/",
        "http://[::1]/"
      })
  void sendsSecureCookiesWhereNobodyListens(String url) {
    assertThat(sentBack(url, "a=1; Secure")).hasValue("a=1");
  }

  @Test
  void sendsNoSecureCookiesInTheOpen() {
    assertThat(sentBack("http://h.example/", "a=1; Secure", "b=2")).hasValue("b=2");
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

  @ParameterizedTest
  @CsvSource({
    "http://a.example/x, http://a.example/y, true",
    "http://a.example/x, https://a.example/x, true",
    "https://a.example/x, http://a.example/x, false",
    "http://a.example/x, https://a.example:8443/x, false",
    "http://a.example:8080/x, https://a.example/x, false",
    "http://a.example/x, http://a.example:8080/x, false",
    "http://a.example/x, https://b.example/x, false",
  })
  void tellsTheSameServerFromOthers(String from, String to, boolean same) {
    assertThat(HttpTarget.of(URI.create(to)).isOfSameServer(HttpTarget.of(URI.create(from))))
        .isEqualTo(same);
  }
}
