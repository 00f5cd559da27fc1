package dev.rollcall.server.sql;

import dev.rollcall.server.time.OutsideFailure;
import java.sql.SQLException;

/// The database could not do its part: disk full, connection lost, locked, read-only, overloaded.
///
/// It is never the fault of the statement: a violated constraint or a mistyped query passes through
/// as the exception it is. The message is one line for a person, and holds no password.
public final class StorageException extends RuntimeException implements OutsideFailure {
  private static final long serialVersionUID = 1L;

  /// What is known about the work that met the trouble.
  public enum Outcome {
    /// Nothing was written; the same call may succeed later.
    RETRY,
    /// Nothing was written, and nothing will be until somebody repairs or configures something.
    REPAIR,
    /// The connection was lost during the commit: it may have been written or not. Whoever repeats
    /// the call needs a natural key that makes the repetition harmless.
    UNKNOWN
  }

  private final Outcome outcome;

  StorageException(String reason, Outcome outcome) {
    super(reason);
    this.outcome = outcome;
  }

  StorageException(String reason, Outcome outcome, Throwable cause) {
    super(reason, cause);
    this.outcome = outcome;
  }

  /// What is known about the work.
  public Outcome outcome() {
    return outcome;
  }

  /// Whether the file itself is damaged or no database: what it holds needs looking at, and nothing
  /// more can be written into it.
  public boolean damaged() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && Dialect.damaged(sql)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// The same trouble, for another caller: with that caller's stack trace.
  StorageException again() {
    return new StorageException(reason(), outcome, this);
  }
}
