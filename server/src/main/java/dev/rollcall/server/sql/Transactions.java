package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseFailures.Stage;
import dev.rollcall.server.sql.Dialect.Diagnosis;
import dev.rollcall.server.sql.Dialect.Fault;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Runs work in transactions that write, again if they fail by an accident that may pass.
final class Transactions {
  private static final int MOST_CONFLICTS = 10;

  private final DatabaseFailures failures;
  private final Connections writers;

  private record Failure(Diagnosis found, Stage stage, RuntimeException cause) {}

  Transactions(DatabaseFailures failures, Connections writers) {
    this.failures = failures;
    this.writers = writers;
  }

  /// Runs `work` in one transaction and commits it with that durability. After a conflict with
  /// another transaction, or once after another failure that may pass, it runs again.
  ///
  /// @return empty if it is committed; otherwise how the database failed
  /// @throws RuntimeException as thrown by `work`; nothing was written
  Optional<StorageException> write(Consumer<Handle> work, Durability durability) {
    int conflicts = 0;
    boolean again = true;
    while (true) {
      Optional<Failure> failure =
          durability == Durability.POWER
              ? dialect().onFreeThread(() -> attempt(work, durability))
              : attempt(work, durability);
      if (failure.isEmpty()) {
        return Optional.empty();
      }
      Failure failed = failure.get();
      if (failed.found().fault() == Fault.STATEMENT) {
        throw failed.cause();
      }
      StorageException storage = failures.of(failed.found(), failed.stage(), failed.cause());
      if (failed.found().fault() == Fault.CONFLICT && ++conflicts < MOST_CONFLICTS) {
        continue;
      }
      if (again
          && failed.stage() != Stage.CONNECT
          && storage.outcome() == StorageException.Outcome.RETRY) {
        again = false;
        continue;
      }
      return Optional.of(storage);
    }
  }

  private Dialect dialect() {
    return failures.dialect();
  }

  private Optional<Failure> attempt(Consumer<Handle> work, Durability durability) {
    Handle tx;
    try {
      tx = writers.jdbi().open();
    } catch (RuntimeException e) {
      return Optional.of(new Failure(dialect().diagnose(e), Stage.CONNECT, e));
    }
    Stage stage = Stage.WORK;
    try {
      writers.durability(tx, durability);
      tx.begin();
      work.accept(tx);
      stage = Stage.COMMIT;
      tx.commit();
      return Optional.empty();
    } catch (RuntimeException e) {
      Diagnosis found = dialect().diagnose(e);
      if (found.fault() == Fault.STATEMENT || found.fault() == Fault.CONFLICT) {
        rollback(tx);
      } else {
        writers.condemn(tx.getConnection());
      }
      boolean certainlyNot = e instanceof CertainCommits.NotCommitted;
      return Optional.of(new Failure(found, certainlyNot ? Stage.WORK : stage, e));
    } finally {
      close(tx);
    }
  }

  private void rollback(Handle tx) {
    try {
      tx.rollback();
    } catch (RuntimeException e) {
      writers.condemn(tx.getConnection());
    }
  }

  /// The result is known already; a failure to close does not change it.
  private void close(Handle tx) {
    try {
      tx.close();
    } catch (RuntimeException e) {
      writers.condemn(tx.getConnection());
    }
  }
}
