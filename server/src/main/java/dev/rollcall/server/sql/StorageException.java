package dev.rollcall.server.sql;

import dev.rollcall.server.time.OutsideFailure;
import java.nio.channels.OverlappingFileLockException;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;

/// A failure of the database: disk full, connection lost, locked, read-only, overloaded.
///
/// Faults of a statement, such as a violated constraint or a syntax error, are thrown as the
/// original exceptions. The message is one line for people, and contains no password.
public final class StorageException extends RuntimeException implements OutsideFailure {
  private static final long serialVersionUID = 1L;

  /// What is known about the work that failed.
  public enum Outcome {
    /// Nothing was written; the same call may succeed later.
    RETRY,
    /// Nothing was written, and a retry fails until somebody repairs or configures something.
    REPAIR,
    /// The connection was lost during the commit: the work may be written or not. A caller that
    /// repeats it needs a natural key, so that repeating changes nothing.
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

  /// Whether the file itself is damaged or no database: it has to be examined, and nothing more can
  /// be written into it.
  public boolean damaged() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && Dialect.damaged(sql)) {
        return true;
      }
    }
    return false;
  }

  /// Whether no connection to the server was possible.
  boolean unreached() {
    boolean connecting = false;
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      connecting |= cause instanceof ConnectionException;
      if (connecting && cause instanceof SQLException sql && Dialect.unreached(sql)) {
        return true;
      }
    }
    return false;
  }

  /// Whether another Rollcall uses the file.
  public boolean isInUse() {
    for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof OverlappingFileLockException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// The same failure for another caller, with that caller's stack trace.
  StorageException again() {
    return new StorageException(reason(), outcome, this);
  }
}
