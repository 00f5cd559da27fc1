package dev.rollcall.probes;

import dev.rollcall.probe.SecretNames;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A request to an HTTP service, and the expected response.
///
/// Headers, body, query and credentials may be secret, so messages and `toString` do not show them.
///
/// @param uri absolute, `http` or `https`; kept in ASCII and without fragment. A user and password
///   in it become a header.
/// @param method in capitals
/// @param headers additional headers
/// @param body sent if not empty, in UTF-8
public record HttpQuestion(
    URI uri,
    String method,
    Map<String, String> headers,
    String body,
    HttpExpectation expectation,
    HttpSettings settings) {
  /// A text of a JSON document with its name, as they stand there.
  private static final Pattern JSON_TEXT =
      Pattern.compile("\"([^\"\\\\]{1,100})\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){1,1000}+)\"");

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /// Validates everything that can be validated before the request.
  public HttpQuestion {
    if (!method.matches(TOKEN) || method.equals("CONNECT") || method.equals("TRACE")) {
      throw new IllegalArgumentException("\"" + method + "\" is not a supported method");
    }
    headers = new LinkedHashMap<>(headers);
    String authority = String.valueOf(uri.getRawAuthority());
    if (authority.indexOf('@') >= 0) {
      String user = authority.substring(0, authority.lastIndexOf('@'));
      headers.putIfAbsent("Authorization", "Basic " + base64(decode(user)));
    }
    uri = normal(uri);
    headers.forEach(HttpQuestion::checkHeader);
    headers = Collections.unmodifiableMap(headers);
  }

  /// A plain `GET` of `uri`.
  public static HttpQuestion of(URI uri) {
    return new HttpQuestion(
        uri, "GET", Map.of(), "", HttpExpectation.DEFAULT, HttpSettings.DEFAULT);
  }

  /// A plain `GET` of the URL `url`.
  ///
  /// @throws IllegalArgumentException if it is not a valid URL; the message does not repeat it
  public static HttpQuestion of(String url) {
    return of(uri(url));
  }

  /// The URL `url`.
  ///
  /// @throws IllegalArgumentException if it is not a valid URL; the message does not repeat it
  static URI uri(String url) {
    ServerUrl.of(url);
    return URI.create(url.strip());
  }

  /// A copy with this method.
  public HttpQuestion method(String method) {
    return new HttpQuestion(uri, method, headers, body, expectation, settings);
  }

  /// A copy with the header `name` set to `value`.
  public HttpQuestion header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpQuestion(uri, method, more, body, expectation, settings);
  }

  /// A copy with basic authentication (RFC 7617).
  public HttpQuestion basicAuth(String user, String password) {
    return header("Authorization", "Basic " + base64(user + ":" + password));
  }

  /// A copy that sends `text`.
  public HttpQuestion body(String text) {
    return new HttpQuestion(uri, method, headers, text, expectation, settings);
  }

  /// A copy with this expectation.
  public HttpQuestion expecting(HttpExpectation expected) {
    return new HttpQuestion(uri, method, headers, body, expected, settings);
  }

  /// A copy with these settings.
  public HttpQuestion settings(HttpSettings way) {
    return new HttpQuestion(uri, method, headers, body, expectation, way);
  }

  /// What must not be shown, whoever repeats it: what the headers, the query and the body log in
  /// with, whether it came from the URL or was set.
  Secrets secrets() {
    List<String> secrets = new ArrayList<>();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String value = header.getValue().strip();
      if (SecretNames.isSecret(header.getKey())) {
        String credentials = value.substring(value.indexOf(' ') + 1).strip();
        secrets.add(credentials);
        if (value.regionMatches(true, 0, "Basic ", 0, 6)) {
          String login = login(credentials);
          secrets.add(login);
          secrets.add(login.substring(login.indexOf(':') + 1));
        }
      }
    }
    secrets.addAll(ofForm(String.valueOf(uri.getRawQuery())));
    Matcher property = JSON_TEXT.matcher(body);
    while (property.find()) {
      if (SecretNames.isSecret(property.group(1))) {
        secrets.add(property.group(2));
        secrets.add(property.group(2).replaceAll("\\\\(.)", "$1"));
      }
    }
    secrets.addAll(ofForm(body));
    return Secrets.of(secrets.toArray(String[]::new));
  }

  /// The secrets of a query, or of a form that is sent.
  private static List<String> ofForm(String form) {
    List<String> secrets = new ArrayList<>();
    for (String parameter : form.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && SecretNames.isSecret(parameter.substring(0, equals))) {
        String value = parameter.substring(equals + 1);
        secrets.add(value);
        secrets.add(decoded(value));
      }
    }
    return secrets;
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return value; // a body may be anything
    }
  }

  private static String login(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  static int port(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  private static void checkHeader(String name, String value) {
    if (!name.matches(TOKEN)) {
      throw new IllegalArgumentException("\"" + name + "\" is no header name");
    }
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127 || c > 255)) {
      throw new IllegalArgumentException(
          "the value of header " + name + " has a character that headers cannot carry");
    }
  }

  private static String decode(String userInfo) {
    return URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// `uri` as it is asked for: in ASCII, without user and fragment.
  static URI normal(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException("the URL is not absolute http or https");
    }
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String authority = Authority.of(uri, port(scheme)).text(port(scheme));
    return URI.create(URI.create(scheme + "://" + authority + path + query).toASCIIString());
  }

  /// What is before the path: all of the URL that a message may show.
  static String origin(URI normal) {
    return normal.getScheme() + "://" + normal.getRawAuthority();
  }

  /// The method and the URL's origin alone.
  @Override
  public String toString() {
    return method + " " + origin(uri);
  }
}
