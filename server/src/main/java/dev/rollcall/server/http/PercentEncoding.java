package dev.rollcall.server.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Percent-encoding of text in the path or the query of a URL, as RFC 3986 has it.
public final class PercentEncoding {
  private PercentEncoding() {}

  /// Encodes a text as percent-encoded UTF-8: a space is `%20`, not a plus. The result contains no
  /// character that is special in a URL or in single quotes of a shell.
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }
}
