package dev.rollcall.probes;

import dev.rollcall.probe.ProbeFailure;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.utils.URIUtils;

/// Where an answer sends on to (RFC 9110, 15.4).
final class Redirect {
  static final int MOST = 10;

  private static final Set<String> SCHEMES = Set.of("http", "https");

  private Redirect() {}

  static boolean is(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
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

  /// The URL that `location` means, seen from `from`.
  static URI target(URI from, String location) throws ProbeFailure {
    try {
      URI target = URIUtils.resolve(from, URI.create(escaped(location.strip())));
      String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
      if (!SCHEMES.contains(scheme)) {
        throw ProbeFailure.answered(
            "redirect to a %s: URL, which is neither http nor https".formatted(scheme));
      }
      return HttpQuestion.normal(target);
    } catch (IllegalArgumentException e) {
      throw ProbeFailure.answered("redirect to what is no URL");
    }
  }

  /// Percent-encodes what a URI may not hold but servers send nevertheless. HttpClient gives each
  /// byte of a header as one character.
  private static String escaped(String location) {
    StringBuilder text = new StringBuilder(location.length());
    for (byte b : location.getBytes(StandardCharsets.ISO_8859_1)) {
      boolean bad = b <= ' ' || "\"<>\\^`{|}".indexOf(b) >= 0;
      text.append(bad ? "%%%02X".formatted(b & 0xff) : String.valueOf((char) b));
    }
    return text.toString();
  }
}
