package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseFailures.Stage;
import dev.rollcall.server.sql.Dialect.Diagnosis;
import dev.rollcall.server.sql.Dialect.Fault;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// Reads, once more on another connection if one is broken: what [Transactions] are for writes.
final class Reads {
  private final DatabaseFailures failures;
  private final Connections readers;
  private final Readiness readiness;
  private final Clock clock;

  Reads(DatabaseFailures failures, Connections readers, Readiness readiness, Clock clock) {
    this.failures = failures;
    this.readers = readers;
    this.readiness = readiness;
    this.clock = clock;
  }

  /// As [Database#read].
  <T> T read(Function<Handle, T> read) {
    boolean again = true;
    while (true) {
      readiness.requireReads();
      try (Handle handle = open()) {
        try {
          return failures.dialect().onFreeThread(() -> read.apply(handle));
        } catch (RuntimeException e) {
          Diagnosis found = failures.dialect().diagnose(e);
          if (found.fault() == Fault.STATEMENT) {
            throw e;
          }
          readers.condemn(handle.getConnection());
          if (!again || found.fault() != Fault.LOST) {
            throw failures.of(found, Stage.WORK, e);
          }
          again = false;
        }
      }
    }
  }

  private Handle open() {
    Duration began = clock.monotonic();
    try {
      return failures.open(readers);
    } catch (StorageException e) {
      readiness.unread(e, began);
      throw e;
    }
  }
}
