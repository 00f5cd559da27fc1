package dev.rollcall.probe;

/// To whom something of a report is shown; the names are those of Spring Boot's `show-details`.
public enum Show {
  /// To everybody.
  ALWAYS,
  /// To callers who have said who they are, as the server that took their request judges.
  WHEN_AUTHORIZED,
  /// To nobody.
  NEVER;

  boolean to(boolean authorized) {
    return switch (this) {
      case ALWAYS -> true;
      case WHEN_AUTHORIZED -> authorized;
      case NEVER -> false;
    };
  }
}
