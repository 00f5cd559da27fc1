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

/// Looks after SQLite's write-ahead log, beside whoever writes: what was committed without a sync
/// is synced soon, and a log that has grown long is written into the database. Left to SQLite, both
/// happen inside of a commit, and everybody waits.
///
/// It looks four times a second as long as something is committed, and never otherwise.
///
/// Source: [checkpointing](https://sqlite.org/wal.html#ckpt).
final class SqliteLog implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final long LONG_BYTES = 40 << 20;

  /// So much is left to be written while nobody else writes: ten milliseconds.
  private static final long LITTLE_BYTES = 8 << 20;

  private static final int MOST_ROUNDS = 4;

  /// How the log stands, in bytes.
  ///
  /// @param left what is not yet in the database
  private record Length(long all, long left) {}

  private final SqliteFile file;
  private final Connections own;
  private final Connections writers;
  private final Consumer<SQLException> failed;
  private final AtomicLong unsyncedCommits = new AtomicLong();
  private final AtomicBoolean awake = new AtomicBoolean();
  private volatile long syncedCommits;
  private volatile boolean committed;

  /// @param failed is told that the log could not be synced
  SqliteLog(SqliteFile file, Connections writers, Consumer<SQLException> failed) {
    this.file = file;
    this.own = new SqliteConnections(1, file::keeper);
    this.writers = writers;
    this.failed = failed;
  }

  /// Whether something was committed that loss of power could take away.
  boolean unsynced() {
    return syncedCommits < unsyncedCommits.get();
  }

  /// Something was committed, to survive that much. A synced commit does not count for those before
  /// it: one that had nothing to write has synced nothing.
  void committed(Durability durability) {
    if (durability == Durability.PROCESS) {
      unsyncedCommits.incrementAndGet();
    }
    committed = true;
    wake();
  }

  private void wake() {
    if (awake.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("sqlite-log").start(this::keep);
    }
  }

  private void keep() {
    try {
      while (committed) {
        committed = false;
        try {
          Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        look();
      }
    } finally {
      awake.set(false);
    }
    if (committed) { // since it was last asked for
      wake();
    }
  }

  private void look() {
    long before = unsyncedCommits.get();
    try {
      // The file does not shrink when the log is begun anew, but while it is short, so is the log.
      if (file.logLength() >= LONG_BYTES) {
        writeOut();
      }
      if (unsynced()) {
        file.syncLog();
        syncedCommits = before; // nobody else sets it
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

  /// Writes the log into the database if it is long, and syncs that: most of it while others go on
  /// writing, what came meanwhile in their place. The next write begins it anew.
  private void writeOut() {
    try (Handle handle = own.jdbi().open()) {
      try {
        Length length = checkpoint(handle, "NOOP");
        if (length.all() < LONG_BYTES) {
          return;
        }
        for (int i = 0; i < MOST_ROUNDS && length.left() > LITTLE_BYTES; i++) {
          checkpoint(handle, "PASSIVE");
          file.syncDatabase(); // SQLite does it at the very end, when all others wait for it
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
      // Closed, or in trouble that writers meet as well; SQLite writes a log that is far too long
      // by itself.
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
