package dev.rollcall.server.redis;

import dev.rollcall.server.time.OutsideFailure;

/// Redis failed, or cannot be reached. The message is one line and contains no password.
final class RedisFailure extends RuntimeException implements OutsideFailure {
  private static final long serialVersionUID = 1L;

  RedisFailure(String reason, Throwable cause) {
    super(reason, cause);
  }

  RedisFailure(String reason) {
    super(reason);
  }

  @Override
  public String reason() {
    return String.valueOf(getMessage());
  }
}
