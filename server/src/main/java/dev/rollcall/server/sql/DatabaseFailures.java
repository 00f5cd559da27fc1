package dev.rollcall.server.sql;

import dev.rollcall.server.sql.Dialect.Diagnosis;
import org.jdbi.v3.core.Handle;

/// What a failure of a database means for whoever uses it.
record DatabaseFailures(DatabaseLocation location, Dialect dialect) {
  /// How far somebody came before the failure.
  enum Stage {
    CONNECT,
    WORK,
    COMMIT
  }

  /// Takes one of these connections.
  ///
  /// @throws StorageException if there is none
  Handle open(Connections connections) {
    try {
      return connections.jdbi().open();
    } catch (RuntimeException e) {
      throw of(e, Stage.CONNECT);
    }
  }

  /// What this failure is for the caller.
  StorageException of(RuntimeException cause, Stage stage) {
    return of(dialect.diagnose(cause), stage, cause);
  }

  /// The same for one that is diagnosed.
  StorageException of(Diagnosis found, Stage stage, RuntimeException cause) {
    if (cause instanceof StorageException itself) {
      return itself;
    }
    String where = location + ": ";
    return switch (found.fault()) {
      case LOST ->
          stage == Stage.COMMIT
              ? new StorageException(
                  where
                      + "connection lost during the commit, its outcome is unknown: "
                      + found.words(),
                  StorageException.Outcome.UNKNOWN,
                  cause)
              : new StorageException(
                  where + "connection lost: " + found.words(),
                  StorageException.Outcome.RETRY,
                  cause);
      case LASTING ->
          new StorageException(where + found.words(), StorageException.Outcome.REPAIR, cause);
      case PASSING, CONFLICT, STATEMENT ->
          new StorageException(where + found.words(), StorageException.Outcome.RETRY, cause);
    };
  }
}
