package dev.rollcall.probe;

/// Who sees a part of a report. The names are those of Spring Boot's `show-details`.
public enum Show {
  /// Everybody.
  ALWAYS,
  /// Authorized callers, as decided by the server that received the request.
  WHEN_AUTHORIZED,
  /// Nobody.
  NEVER;

  boolean to(boolean authorized) {
    return switch (this) {
      case ALWAYS -> true;
      case WHEN_AUTHORIZED -> authorized;
      case NEVER -> false;
    };
  }
}
