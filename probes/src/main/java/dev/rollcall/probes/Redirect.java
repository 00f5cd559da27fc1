package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;

/// Where an answer sends on to (RFC 9110, 15.4), read as browsers read it (WHATWG URL, 4.4):
/// servers write into `Location` what no grammar of URLs allows.
final class Redirect {
  static final int MOST = 10;

  private static final Pattern SCHEME = Pattern.compile("(?s)([a-zA-Z][a-zA-Z0-9+.-]*):(.*)");

  /// What is sent percent-encoded in a path and in a query, beside blanks, controls and raw bytes.
  private static final String NOT_IN_PATHS = "\"<>^`{}";

  private static final String NOT_IN_QUERIES = "\"<>";

  private Redirect() {}

  static boolean is(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  /// The first `Location` that says something.
  static Optional<String> location(HttpMessage answer) {
    return Stream.of(answer.getHeaders("Location"))
        .map(Header::getValue)
        .filter(value -> value != null && !value.isBlank())
        .findFirst();
  }

  /// The method to go on with: 303 turns everything but HEAD into GET, and so do 301 and 302 with
  /// POST, as all clients do.
  static String method(String method, int status) {
    return switch (status) {
      case 303 -> method.equals("HEAD") ? "HEAD" : "GET";
      case 301, 302 -> method.equals("POST") ? "GET" : method;
      default -> method;
    };
  }

  /// What `location` means, seen from `from`. HttpClient gives each byte of a header as one
  /// character.
  static HttpTarget target(HttpTarget from, String location) throws ProbeFailure {
    String text = location.strip().replaceAll("(?s)[\t\r\n]|#.*", "");
    Matcher matcher = SCHEME.matcher(text);
    String scheme = from.scheme();
    boolean absolute = false;
    if (matcher.matches()) {
      String named = matcher.group(1).toLowerCase(Locale.ROOT);
      if (!named.equals("http") && !named.equals("https")) {
        throw ProbeFailure.answered(
            "redirect to a %s: URL, which is neither http nor https".formatted(named));
      }
      absolute = !named.equals(scheme);
      scheme = named;
      text = matcher.group(2);
    }
    String place = slashes(text);
    if (absolute || place.startsWith("//")) {
      return elsewhere(scheme, place.replaceFirst("^/+", ""));
    }
    return new HttpTarget(scheme, from.authority(), path(from.path(), place));
  }

  private static HttpTarget elsewhere(String scheme, String text) throws ProbeFailure {
    int end = text.length();
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '/' || text.charAt(i) == '?') {
        end = i;
      }
    }
    // User and password in it are left out, as curl does.
    String authority = text.substring(text.lastIndexOf('@', end) + 1, end);
    try {
      return new HttpTarget(
          scheme,
          Authority.parse(utf8(authority), HttpQuestion.port(scheme)),
          path("/", text.substring(end)));
    } catch (IllegalArgumentException e) {
      throw ProbeFailure.answered("redirect to what is no URL");
    }
  }

  /// The path and query that `text` means, seen from the path and query `from`.
  private static String path(String from, String text) {
    String base = from.replaceFirst("(?s)\\?.*", "");
    if (text.isEmpty()) {
      return from;
    }
    if (text.startsWith("?")) {
      return base + encoded(text, NOT_IN_QUERIES);
    }
    String whole =
        text.startsWith("/") ? text : base.substring(0, base.lastIndexOf('/') + 1) + text;
    int query = whole.indexOf('?');
    String path = query < 0 ? whole : whole.substring(0, query);
    return encoded(withoutDots(path), NOT_IN_PATHS)
        + (query < 0 ? "" : encoded(whole.substring(query), NOT_IN_QUERIES));
  }

  /// RFC 3986, 5.2.4; `%2e` is a dot too.
  private static String withoutDots(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] parts = path.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i].replaceAll("(?i)%2e", ".");
      boolean last = i == parts.length - 1;
      if (part.equals("..")) {
        kept.pollLast();
      } else if (!part.equals(".")) {
        kept.addLast(parts[i]);
        continue;
      }
      if (last) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }

  /// Backslashes before the query are slashes.
  private static String slashes(String text) {
    int query = text.indexOf('?');
    return query < 0
        ? text.replace('\\', '/')
        : text.substring(0, query).replace('\\', '/') + text.substring(query);
  }

  private static String encoded(String text, String not) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
      boolean sent = b > ' ' && b != 127 && not.indexOf(b) < 0;
      encoded.append(sent ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return encoded.toString();
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
