package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// What the one writer of SQLite does about syncing, as SQLite itself tells it inside the
/// transaction: 1 is without a sync, 2 is with one.
class DurabilityTest {
  private static final Batch<Integer, Integer> SYNCED = synchronous(Durability.POWER);
  private static final Batch<Integer, Integer> UNSYNCED = synchronous(Durability.PROCESS);

  @TempDir Path directory;
  private Database database;
  private GroupCommit commits;

  @BeforeEach
  void open() {
    database = TestDatabases.SQLITE.open(directory, Clock.system(), Things.MIGRATION);
    commits = new GroupCommit(database);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  @Test
  void syncsWhatAsksForPowerAndNotWhatAsksForLess() {
    assertThat(commits.write(SYNCED, 1)).isEqualTo(2);
    assertThat(commits.write(UNSYNCED, 2)).isEqualTo(1);
    assertThat(commits.write(UNSYNCED, 3)).isEqualTo(1);
    assertThat(commits.write(SYNCED, 4)).isEqualTo(2);
    assertThat(Things.count(database)).isEqualTo(4);
  }

  @Test
  void syncsByItselfWhatWasCommittedWithoutASync() {
    commits.write(UNSYNCED, 1);
    assertThat(database.unsynced()).isTrue();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !database.unsynced());
    commits.write(UNSYNCED, 2);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !database.unsynced());
  }

  @Test
  void aTransactionThatWritesNothingSyncsNothing() {
    commits.write(UNSYNCED, 1);
    database.write(tx -> {}, Durability.POWER);
    assertThat(database.unsynced()).isTrue();
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !database.unsynced());
  }

  @Test
  void aSyncThatFailedIsTroubleUntilTheNextWriteOnAnotherConnection() {
    commits.write(UNSYNCED, 1);
    database.unsyncable(
        new SQLiteException(
            "the disk could not be synced: broken", SQLiteErrorCode.SQLITE_IOERR_FSYNC));
    assertThat(database.trouble())
        .hasValueSatisfying(words -> assertThat(words).contains("broken"));
    assertThat(commits.write(SYNCED, 2)).isEqualTo(2);
    assertThat(database.trouble()).isEmpty();
    assertThat(Things.count(database)).isEqualTo(2);
  }

  private static Batch<Integer, Integer> synchronous(Durability durability) {
    return new Batch<>() {
      @Override
      public List<Integer> apply(Handle tx, List<Integer> items) {
        items.forEach(id -> tx.execute("INSERT INTO thing (id, n) VALUES (?, 1)", id));
        int said = tx.createQuery("PRAGMA synchronous").mapTo(Integer.class).one();
        return items.stream().map(ignored -> said).toList();
      }

      @Override
      public Durability durability() {
        return durability;
      }
    };
  }
}
