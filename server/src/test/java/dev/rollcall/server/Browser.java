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
/// One site may be reached at another address than its URLs say, as behind a proxy.
public final class Browser {
  private static final int MOST_REDIRECTS = 12;
  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"form-token\" value=\"([^\"]+)");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI site;
  private final int port;
  private final Map<String, Map<String, String>> cookies = new HashMap<>();

  /// What it got.
  public record Page(URI uri, HttpResponse<String> answer) {
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

  public Browser(RunningRollcall rollcall) {
    this(URI.create("http://localhost:" + rollcall.port() + "/"), rollcall.port());
  }

  /// @param site whose URLs
  /// @param port are answered at this port of the machine
  Browser(URI site, int port) {
    this.site = site;
    this.port = port;
  }

  /// Another browser with the same cookies.
  Browser copy() {
    Browser copy = new Browser(site, port);
    cookies.forEach((each, own) -> copy.cookies.put(each, new TreeMap<>(own)));
    return copy;
  }

  /// A page, where its redirects lead.
  Page get(String path) {
    return follow(step(path));
  }

  /// The page of the account, or for signing in.
  String page() {
    return get("/account").body();
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

  /// The page that a form leads to.
  public String after(Page sent) {
    assertThat(sent.status()).as(sent.body()).isEqualTo(303);
    return follow(sent).body();
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
  Page step(String path, String... headers) {
    return send(site.resolve(path), HttpRequest.newBuilder().GET(), headers);
  }

  /// One answer.
  Page step(URI uri) {
    return send(uri, HttpRequest.newBuilder().GET());
  }

  /// Sends a form of the page `/account`.
  ///
  /// @param fields begins with `&`
  public Page form(String path, String fields, String... headers) {
    return post(path, formToken() + fields, headers);
  }

  /// The field of the forms of the page `/account` that shows where they are from: `name=value`. It
  /// is good for all forms of this browser.
  String formToken() {
    Matcher token = FORM_TOKEN.matcher(page());
    assertThat(token.find()).isTrue();
    return "form-token=" + token.group(1);
  }

  /// Sends a form.
  ///
  /// @param fields as they are sent
  Page post(String path, String fields, String... headers) {
    return send(
        site.resolve(path),
        HttpRequest.newBuilder()
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(fields)),
        headers);
  }

  /// A field of a form: `&name=value`.
  public static String field(String name, String value) {
    return "&" + name + "=" + URLEncoder.encode(value, UTF_8);
  }

  private URI reached(URI uri) {
    if (!uri.getAuthority().equals(site.getAuthority())) {
      return uri;
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return URI.create("http://127.0.0.1:%d%s%s".formatted(port, uri.getRawPath(), query));
  }

  private Page send(URI uri, HttpRequest.Builder request, String... headers) {
    Map<String, String> own = cookies.computeIfAbsent(uri.getAuthority(), _ -> new TreeMap<>());
    request.uri(reached(uri)).header("Accept", "text/html");
    if (!own.isEmpty()) {
      request.header(
          "Cookie",
          own.entrySet().stream()
              .map(each -> each.getKey() + "=" + each.getValue())
              .collect(Collectors.joining("; ")));
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
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
