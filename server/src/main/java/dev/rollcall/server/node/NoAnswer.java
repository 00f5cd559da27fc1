package dev.rollcall.server.node;

import dev.rollcall.server.time.OutsideFailure;
import java.time.Duration;
import java.util.Optional;

/// A server that this node needs does not answer, or not as it should.
final class NoAnswer extends RuntimeException implements OutsideFailure {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> retryAfter;

  NoAnswer(String reason) {
    this(reason, Optional.empty());
  }

  /// @param retryAfter how long the server asks to be left alone
  NoAnswer(String reason, Optional<Duration> retryAfter) {
    super(reason, null, false, false);
    this.retryAfter = retryAfter;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  @Override
  public String reason() {
    return String.valueOf(getMessage());
  }
}
