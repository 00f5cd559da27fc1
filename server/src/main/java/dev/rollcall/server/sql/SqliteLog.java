package dev.rollcall.server.sql;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Maintains SQLite's write-ahead log, in parallel with the writer. It syncs what was committed
/// without a sync, and writes a long log into the database. SQLite would do both inside of a
/// commit, so that all writers wait.
///
/// It runs four times a second while there are commits, and not otherwise.
///
/// Source: [checkpointing](https://sqlite.org/wal.html#ckpt).
final class SqliteLog implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final long LONG_BYTES = 40 << 20;

  /// At most this much is written into the database while the writer waits: ten milliseconds.
  private static final long LITTLE_BYTES = 8 << 20;

  private static final int MOST_ROUNDS = 4;

  /// The length of the log, in bytes.
  ///
  /// @param left the part that is not in the database yet
  private record Length(long all, long left) {}

  private final SqliteFile file;
  private final Connections own;
  private final Connections writers;
  private final Consumer<SQLException> failed;
  private final AtomicLong unsyncedCommits = new AtomicLong();
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile long syncedCommits;
  private volatile boolean committed;

  /// @param failed is called if the log could not be synced
  SqliteLog(SqliteFile file, Connections writers, Consumer<SQLException> failed) {
    this.file = file;
    this.own = new SqliteConnections(1, file::keeper);
    this.writers = writers;
    this.failed = failed;
  }

  /// Whether there are commits that would be lost with the power.
  boolean unsynced() {
    return syncedCommits < unsyncedCommits.get();
  }

  /// Something was committed with that durability. A synced commit does not count as a sync of
  /// earlier commits: if it had nothing to write, it has synced nothing.
  void committed(Durability durability) {
    if (durability == Durability.PROCESS) {
      unsyncedCommits.incrementAndGet();
    }
    committed = true;
    wake();
  }

  private void wake() {
    if (awake.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("sqlite-log").start(this::maintain);
    }
  }

  private void maintain() {
    try {
      while (committed) {
        committed = false;
        try {
          Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        syncAndCheckpoint();
      }
    } finally {
      awake.set(false);
    }
    if (committed) { // since it was last read
      wake();
    }
  }

  private void syncAndCheckpoint() {
    long before = unsyncedCommits.get();
    try {
      // The file does not shrink when the log is started again. But a short file has a short log.
      if (file.logLength() >= LONG_BYTES) {
        writeOut();
      }
      if (unsynced()) {
        file.syncLog();
        syncedCommits = before; // no other thread sets it
      }
    } catch (IOException e) {
      unsyncable(e);
    }
  }

  private void unsyncable(IOException reason) {
    failed.accept(
        new SQLiteException(
            "the disk could not be synced: " + reason.getMessage(),
            SQLiteErrorCode.SQLITE_IOERR_FSYNC));
  }

  /// Writes the log into the database if it is long, and syncs the database. Most of it is written
  /// while commits continue; for the rest, the writer waits. The next write starts the log again.
  private void writeOut() {
    try (Handle handle = own.jdbi().open()) {
      try {
        Length length = checkpoint(handle, "NOOP");
        if (length.all() < LONG_BYTES) {
          return;
        }
        for (int i = 0; i < MOST_ROUNDS && length.left() > LITTLE_BYTES; i++) {
          checkpoint(handle, "PASSIVE");
          file.syncDatabase(); // SQLite would sync at the end, while all others wait
          length = checkpoint(handle, "NOOP");
        }
      } catch (IOException e) {
        own.condemn(handle.getConnection());
        unsyncable(e);
        return;
      } catch (RuntimeException e) {
        own.condemn(handle.getConnection());
        throw e;
      }
      try (Handle writer = writers.jdbi().open()) {
        checkpoint(writer, "PASSIVE");
      }
    } catch (RuntimeException e) {
      // Closed, or a problem that the writer has as well. If the log becomes far too long, SQLite
      // itself writes it into the database.
    }
  }

  private static Length checkpoint(Handle handle, String mode) {
    long page = handle.createQuery("PRAGMA page_size").mapTo(Long.class).one();
    return handle
        .createQuery("PRAGMA wal_checkpoint(" + mode + ")")
        .map(
            (row, _) -> {
              long all = row.getLong(2);
              return new Length(all * page, (all - row.getLong(3)) * page);
            })
        .one();
  }

  @Override
  public void close() {
    own.close();
  }
}
