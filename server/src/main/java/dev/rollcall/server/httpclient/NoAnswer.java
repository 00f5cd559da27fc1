package dev.rollcall.server.httpclient;

import dev.rollcall.server.time.OutsideFailure;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// A server that Rollcall needs does not answer, or not as it should.
public final class NoAnswer extends RuntimeException implements OutsideFailure {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> retryAfter;

  public NoAnswer(String reason) {
    this(reason, Optional.empty());
  }

  /// @param retryAfter how long the server asks to be left alone
  public NoAnswer(String reason, Optional<Duration> retryAfter) {
    super(reason, null, false, false);
    this.retryAfter = retryAfter;
  }

  /// @param words what the server does: `does not accept connections`
  static NoAnswer of(URI url, String words) {
    return new NoAnswer(ServerClient.server(url) + " " + words);
  }

  /// How long the server asks to be left alone.
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  @Override
  public String reason() {
    return String.valueOf(getMessage());
  }
}
