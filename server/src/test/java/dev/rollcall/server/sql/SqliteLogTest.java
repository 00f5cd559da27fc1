package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was committed leaves the log for the database while nobody waits for it.
class SqliteLogTest {
  private static final int ROW = 4_000;
  private static final int AT_ONCE = 500;

  /// So much may stay in the log.
  private static final long LONG = 42_000_000;

  /// 50 MB: more than that, and less than makes SQLite empty it by itself.
  private static final int MANY = 25 * AT_ONCE;

  private static final Batch<Integer, Integer> FILL =
      new Batch<>() {
        @Override
        public List<Integer> apply(Handle tx, List<Integer> items) {
          Rows.write(
              tx,
              "INSERT INTO filler VALUES (?, randomblob(" + ROW + "))",
              items,
              (row, id) -> row.setInt(1, id));
          return items;
        }

        @Override
        public Durability durability() {
          return Durability.PROCESS;
        }
      };

  @TempDir Path directory;
  private Path file;
  private Database database;
  private GroupCommit commits;

  @BeforeEach
  void open() {
    file = directory.resolve("things.db");
    database =
        Database.open(
            new PlainFile(
                file,
                2,
                List.of("CREATE TABLE filler (id INTEGER PRIMARY KEY, data BLOB)"),
                List.of()),
            Clock.system());
    commits = new GroupCommit(database);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  private void fill(int from, int to) {
    for (int first = from; first < to; first += AT_ONCE) {
      commits.writeAll(FILL, IntStream.range(first, first + AT_ONCE).boxed().toList());
    }
  }

  private long inDatabase() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLongLogGoesIntoTheDatabaseAndIsBegunAnew() throws IOException {
    long all = (long) MANY * ROW;
    for (int round = 1; round <= 4; round++) {
      long least = round * all - LONG;
      fill((round - 1) * MANY, round * MANY);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> inDatabase() > least);
    }
    assertThat(Files.size(directory.resolve("things.db-wal"))).isLessThan(3 * all);
    assertThat(Things.number(database, "SELECT COUNT(*) FROM filler")).isEqualTo(4L * MANY);
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !database.unsynced());
  }

  @Test
  void aReaderSeesWhatItSawWhenItBegan() {
    fill(0, AT_ONCE);
    long seen =
        database.read(
            handle ->
                handle.inTransaction(
                    tx -> {
                      long before = count(tx);
                      fill(AT_ONCE, MANY);
                      Awaitility.await()
                          .atMost(Duration.ofMinutes(1))
                          .until(() -> !database.unsynced());
                      assertThat(count(tx)).isEqualTo(before);
                      return before;
                    }));
    assertThat(seen).isEqualTo(AT_ONCE);
    assertThat(Things.number(database, "SELECT COUNT(*) FROM filler")).isEqualTo(MANY);
  }

  private static long count(Handle handle) {
    return handle.createQuery("SELECT COUNT(*) FROM filler").mapTo(Long.class).one();
  }

  /// To close a file takes away all locks that its process holds on it: none of SQLite's may go
  /// that way, or another program could turn the log off that we write to.
  @Test
  void itsSyncsTakeNoLockAway() throws Exception {
    fill(0, MANY);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> inDatabase() > (long) MANY * ROW - LONG && !database.unsynced());
    Process intruder = OtherProcess.start(Intruder.class, file.toString());
    String said = new String(intruder.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(intruder.waitFor()).isZero();
    assertThat(said.strip()).isEqualTo("locked");
  }
}
