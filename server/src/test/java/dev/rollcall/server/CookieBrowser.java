package dev.rollcall.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A browser that shows nothing: it keeps the cookies of each site apart, and follows redirects.
/// One site is reached at another address than its URLs say, as behind a proxy.
final class CookieBrowser {
  private static final int MOST_REDIRECTS = 12;
  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"form-token\" value=\"([^\"]+)");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI site;
  private final int port;
  private final Map<String, Map<String, String>> cookies = new HashMap<>();

  /// What it got.
  record Page(URI uri, HttpResponse<String> answer) {
    int status() {
      return answer.statusCode();
    }

    String body() {
      return answer.body();
    }

    Optional<URI> next() {
      return answer.headers().firstValue("Location").map(uri::resolve);
    }
  }

  /// @param site whose URLs
  /// @param port are answered at this port of the machine
  CookieBrowser(URI site, int port) {
    this.site = site;
    this.port = port;
  }

  /// Another browser with the same cookies.
  CookieBrowser copy() {
    CookieBrowser copy = new CookieBrowser(site, port);
    cookies.forEach((each, own) -> copy.cookies.put(each, new TreeMap<>(own)));
    return copy;
  }

  /// A page, where its redirects lead.
  Page get(String path) {
    return follow(step(site.resolve(path)));
  }

  /// Follows the redirects of an answer.
  Page follow(Page page) {
    Page shown = page;
    for (int i = 0; i < MOST_REDIRECTS && shown.next().isPresent(); i++) {
      shown = step(shown.next().get());
    }
    assertThat(shown.next()).as("redirects end").isEmpty();
    return shown;
  }

  /// Follows the redirects of an answer until one leads to a URL that begins so; returns that URL.
  URI untilSentTo(Page page, String beginning) {
    Page shown = page;
    for (int i = 0; i < MOST_REDIRECTS && shown.next().isPresent(); i++) {
      URI next = shown.next().get();
      if (next.toString().startsWith(beginning)) {
        return next;
      }
      shown = step(next);
    }
    throw new AssertionError(
        "nothing leads to " + beginning + ", but to " + shown.uri() + ": " + shown.body());
  }

  /// One answer of the site.
  Page step(String path) {
    return step(site.resolve(path));
  }

  /// One answer.
  Page step(URI uri) {
    return send(uri, HttpRequest.newBuilder(reached(uri)).GET());
  }

  /// Sends a form of the page `/account`.
  Page form(String path, Map<String, String> fields) {
    Matcher token = FORM_TOKEN.matcher(get("/account").body());
    assertThat(token.find()).isTrue();
    Map<String, String> all = new TreeMap<>(fields);
    all.put("form-token", token.group(1));
    String body =
        all.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    URI uri = site.resolve(path);
    return send(
        uri,
        HttpRequest.newBuilder(reached(uri))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  private URI reached(URI uri) {
    if (!uri.getAuthority().equals(site.getAuthority())) {
      return uri;
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return URI.create("http://127.0.0.1:%d%s%s".formatted(port, uri.getRawPath(), query));
  }

  private Page send(URI uri, HttpRequest.Builder request) {
    Map<String, String> own = cookies.computeIfAbsent(uri.getAuthority(), _ -> new TreeMap<>());
    if (!own.isEmpty()) {
      request.header(
          "Cookie",
          own.entrySet().stream()
              .map(each -> each.getKey() + "=" + each.getValue())
              .collect(Collectors.joining("; ")));
    }
    try {
      HttpResponse<String> answer =
          HTTP.send(request.header("Accept", "text/html").build(), BodyHandlers.ofString());
      answer.headers().allValues("Set-Cookie").forEach(cookie -> keep(own, cookie));
      return new Page(uri, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keep(Map<String, String> own, String cookie) {
    int equals = cookie.indexOf('=');
    String name = cookie.substring(0, equals);
    String value = cookie.substring(equals + 1).replaceFirst(";.*", "");
    if (value.isEmpty()) {
      own.remove(name);
    } else {
      own.put(name, value);
    }
  }
}
