package dev.rollcall.probe;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The answer to a request for health, for whatever server sends it.
public final class HealthAnswer {
  // an answer is true at its moment only
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Cache-Control", "no-store");
  private static final HealthAnswer NOT_ALLOWED =
      new HealthAnswer(
          405,
          Map.of("Content-Type", "application/json", "Allow", "GET, HEAD"),
          "{\"error\":\"method not allowed: use GET or HEAD\"}");

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private HealthAnswer(int status, Map<String, String> headers, String json) {
    this.status = status;
    this.headers = headers;
    this.body = json.getBytes(StandardCharsets.UTF_8);
  }

  static HealthAnswer of(int status, String json) {
    return new HealthAnswer(status, HEADERS, json);
  }

  static HealthAnswer notAllowed() {
    return NOT_ALLOWED;
  }

  /// The HTTP status: 200, 503, or 405 if the method is neither GET nor HEAD.
  public int status() {
    return status;
  }

  /// The header fields to send, by name. The server adds length and date.
  public Map<String, String> headers() {
    return headers;
  }

  /// The body: JSON in UTF-8. Do not send it in answer to HEAD. Callers of the same run share the
  /// array: do not change it.
  public byte[] body() {
    return body;
  }

  @Override
  public String toString() {
    return status + " " + new String(body, StandardCharsets.UTF_8);
  }
}
