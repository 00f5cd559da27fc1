package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A browser as far as cookies and forms go. Java's cookies quote values that have an age.
public final class Browser implements AutoCloseable {
  private final RunningRollcall rollcall;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> cookies = new HashMap<>();

  public Browser(RunningRollcall rollcall) {
    this.rollcall = rollcall;
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    cookies.forEach((name, value) -> request.header("Cookie", name + "=" + value));
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    answer
        .headers()
        .allValues("Set-Cookie")
        .forEach(
            cookie ->
                cookies.put(
                    cookie.substring(0, cookie.indexOf('=')),
                    cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'))));
    return answer;
  }

  /// The page that a form leads to.
  public String after(HttpResponse<String> sent) throws Exception {
    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(303);
    return send(to(sent.headers().firstValue("Location").orElseThrow())).body();
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + rollcall.port() + path));
  }

  String page() throws Exception {
    return send(to("/account")).body();
  }

  /// Sends a form of the page `/account`.
  ///
  /// @param fields begins with `&`
  public HttpResponse<String> form(String path, String fields, String... headers) throws Exception {
    Matcher token = Pattern.compile("form-token\" value=\"([^\"]+)").matcher(page());
    assertThat(token.find()).isTrue();
    HttpRequest.Builder request =
        to(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("form-token=" + token.group(1) + fields));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  /// A field of a form: `&name=value`.
  public static String field(String name, String value) {
    return "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
