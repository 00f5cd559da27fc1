package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
  @TempDir Path directory;
  private final TestClock clock = new TestClock();

  private Database open(Path file) {
    return Database.open(
        DatabaseConfig.of(new DatabaseLocation.SqliteFile(file), Things.MIGRATION), clock);
  }

  @Test
  void makesDirectoryAndFileForItsUserAlone() throws IOException {
    Path file = directory.resolve("data/deep/rollcall.db");
    open(file).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void followsNoLink() throws IOException {
    Path other = Files.writeString(directory.resolve("precious"), "untouched");
    Path lock = Files.createSymbolicLink(directory.resolve("a.db.lock"), other);
    assertThatThrownBy(() -> open(directory.resolve("a.db")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(lock + ": is a symbolic link, which is not followed");
    Path file = Files.createSymbolicLink(directory.resolve("b.db"), directory.resolve("elsewhere"));
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file + ": is a symbolic link, which is not followed");
    assertThat(other).content().isEqualTo("untouched");
    assertThat(directory.resolve("elsewhere")).doesNotExist();

    Path folder = Files.createDirectory(directory.resolve("real"));
    Path through = Files.createSymbolicLink(directory.resolve("way"), folder);
    open(through.resolve("c.db")).close();
    assertThat(folder.resolve("c.db")).exists();
  }

  @Test
  void closesItsFileToOthers() throws IOException {
    Path file = directory.resolve("rollcall.db");
    open(file).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    open(file).close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Database database = open(file)) {
      Path copy = directory.resolve("copy.db");
      database.copyTo(copy);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
          .isEqualTo("rw-------");
      Files.delete(copy);
      Files.createSymbolicLink(copy, directory.resolve("elsewhere"));
      assertThatThrownBy(() -> database.copyTo(copy)).isInstanceOf(StorageException.class);
      assertThat(directory.resolve("elsewhere")).doesNotExist();
    }
  }

  @Test
  void namesThePlaceThatCannotBeWritten() throws IOException {
    Path blocked = Files.createFile(directory.resolve("blocked"));
    assertThatThrownBy(() -> open(blocked.resolve("rollcall.db")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("database " + blocked + "/rollcall.db: cannot be written here");
  }

  @Test
  void refusesAFileThatIsInUse() {
    Path file = directory.resolve("rollcall.db");
    try (Database first = open(file)) {
      assertThatThrownBy(() -> open(file))
          .isInstanceOf(StorageException.class)
          .hasMessage(
              first.location()
                  + ": is in use by another Rollcall: stop that one, or choose another place");
    }
    open(file).close();
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "x".repeat(5_000));
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(file + ": cannot be opened: [SQLITE_NOTADB]");
    Files.delete(file);
    open(file).close(); // the lock was given up
  }

  @Test
  void refusesALibraryThatIsKnownToLoseData() {
    SqliteFile.checkLibrary("3.51.3");
    SqliteFile.checkLibrary("3.100");
    SqliteFile.checkLibrary("4.0.0");
    assertThatThrownBy(() -> SqliteFile.checkLibrary("3.51.2"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("use 3.51.3 or newer");
  }

  @Test
  void saysThatItIsFullWritesNothingHalfAndRecoversOnceThereIsRoom() {
    DatabaseConfig config =
        DatabaseConfig.of(
            new DatabaseLocation.SqliteFile(directory.resolve("rollcall.db")), Things.MIGRATION);
    try (Database full = Database.open(config, clock, List.of("PRAGMA max_page_count = 40"));
        GroupCommit commits = new GroupCommit(full)) {
      int written = 0;
      while (full.trouble().isEmpty() && written < 1_000_000) {
        try {
          commits.writeAll(Things.ADD, Things.of(written, written + 1_000));
          written += 1_000;
        } catch (StorageException e) {
          assertThat(e.outcome()).isEqualTo(StorageException.Outcome.RETRY);
          assertThat(e).hasMessageContaining("rollcall.db").hasMessageContaining("full");
        }
      }
      assertThat(full.trouble()).isPresent();
      assertThat(Things.count(full)).isEqualTo(written).isPositive();

      Batch<Integer, Integer> more =
          (tx, pages) -> {
            pages.forEach(number -> tx.execute("PRAGMA max_page_count = " + number));
            return pages;
          };
      commits.write(more, 4_000);
      commits.writeAll(Things.ADD, Things.of(written, written + 1_000));
      assertThat(full.trouble()).isEmpty();
      assertThat(Things.count(full)).isEqualTo(written + 1_000);
    }
  }

  @Test
  void noticesTheEndOfTheTroubleThoughNobodyWrites() {
    Path file = directory.resolve("rollcall.db");
    DatabaseConfig config =
        DatabaseConfig.of(new DatabaseLocation.SqliteFile(file), Things.MIGRATION);
    try (Database database = Database.open(config, clock, List.of("PRAGMA max_page_count = 1"));
        GroupCommit commits = new GroupCommit(database)) {
      assertThatThrownBy(() -> commits.writeAll(Things.ADD, Things.of(0, 10_000)))
          .isInstanceOf(StorageException.class);
      assertThat(database.trouble()).isPresent();
      assertThat(database.trouble()).isPresent(); // not asked anew within the second
      clock.pass(Duration.ofSeconds(2));
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> database.trouble().isEmpty());
    }
  }
}
