package dev.rollcall.server.http;

import java.time.Duration;
import java.util.List;

/// Ends a request with 503 and `Retry-After`: the request is right, but something that it needs
/// (the database, disk space) is unavailable at present. The caller sees `reason`, not the cause.
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  public Unavailable(String reason, Duration retryAfter) {
    super(reason);
    this.retryAfter = retryAfter;
  }

  public Unavailable(String reason, Duration retryAfter, Throwable cause) {
    super(reason, cause);
    this.retryAfter = retryAfter;
  }

  String reason() {
    String reason = getMessage();
    return reason == null ? "" : reason;
  }

  /// `Retry-After` in whole seconds, rounded up, at least one.
  Answer answer(ErrorShape shape) {
    long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    return shape.answer(503, List.of(reason())).with("Retry-After", Long.toString(seconds));
  }
}
