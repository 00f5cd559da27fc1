package dev.rollcall.probe;

import java.nio.charset.StandardCharsets;

/// The answer to a request for health, for whatever server sends it.
///
/// Send it with `Content-Type: application/json` ([#CONTENT_TYPE]) and `Cache-Control: no-store`
/// ([#CACHE_CONTROL]).
public final class HealthAnswer {
  /// The value of the header `Content-Type`.
  public static final String CONTENT_TYPE = "application/json";

  /// The value of the header `Cache-Control`: an answer is true at its moment only.
  public static final String CACHE_CONTROL = "no-store";

  private final int status;
  private final byte[] body;

  HealthAnswer(int status, String json) {
    this.status = status;
    this.body = json.getBytes(StandardCharsets.UTF_8);
  }

  /// The HTTP status: 200, 503, or 405 where the method is neither GET nor HEAD (send `Allow: GET,
  /// HEAD` with it).
  public int status() {
    return status;
  }

  /// JSON in UTF-8. The array is shared between all who got the same report: do not change it. To
  /// HEAD send its length alone.
  public byte[] body() {
    return body;
  }

  @Override
  public String toString() {
    return status + " " + new String(body, StandardCharsets.UTF_8);
  }
}
