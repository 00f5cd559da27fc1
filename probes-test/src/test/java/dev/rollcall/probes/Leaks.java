package dev.rollcall.probes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// The forms in which a password may get into a text.
final class Leaks {
  private Leaks() {}

  /// All of `password`'s.
  static String[] forms(String password) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8);
    return new String[] {
      password,
      encoded,
      encoded.replace("+", "%20"),
      password.replace("\\", "\\\\").replace("\"", "\\\""),
      Base64.getEncoder().encodeToString(bytes),
      Base64.getEncoder().encodeToString(("app:" + password).getBytes(StandardCharsets.UTF_8))
    };
  }
}
