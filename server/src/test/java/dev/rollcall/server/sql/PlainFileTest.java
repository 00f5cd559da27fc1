package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rollcall.server.time.Clock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFileTest {
  private static final List<String> SCHEMA =
      List.of("CREATE TABLE IF NOT EXISTS thing (id INTEGER)");
  private static final Batch<Integer, Integer> INSERT =
      (tx, items) -> {
        Rows.write(tx, "INSERT INTO thing VALUES (?)", items, (row, item) -> row.setInt(1, item));
        return items;
      };

  @TempDir Path folder;

  private Database open(Path file) {
    return Database.open(new PlainFile(file, 2, SCHEMA, List.of()), Clock.system());
  }

  private static List<Integer> things(Database database) {
    return database.read(
        handle ->
            handle.createQuery("SELECT id FROM thing ORDER BY id").mapTo(Integer.class).list());
  }

  @Test
  void holdsTheTablesOfItsSchemaAndNoOthers() {
    try (Database database = open(folder.resolve("things.db"))) {
      assertThat(
              database.<List<String>>read(
                  handle ->
                      handle
                          .createQuery("SELECT name FROM sqlite_schema")
                          .mapTo(String.class)
                          .list()))
          .containsExactly("thing");
    }
  }

  @Test
  void leavesNothingBesideTheFileWhenClosedPlain() throws Exception {
    Path file = folder.resolve("things.db");
    Database database = open(file);
    new GroupCommit(database).writeAll(INSERT, List.of(1, 2));
    assertThat(things(database)).containsExactly(1, 2);
    database.closePlain();
    try (Database again = Database.openReadOnly(file, Clock.system())) {
      assertThat(things(again)).containsExactly(1, 2);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void copiesWhatIsCommittedIntoOneFile() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (Database database = open(folder.resolve("things.db"))) {
      new GroupCommit(database).writeAll(INSERT, List.of(1, 2, 3));
      database.copyTo(copy);
      try (Database copied = Database.openReadOnly(copy, Clock.system())) {
        assertThat(things(copied)).containsExactly(1, 2, 3);
      }
      try (Stream<Path> all = Files.list(folder)) {
        assertThat(all.map(file -> file.getFileName().toString()))
            .doesNotContain("copy.db-wal", "copy.db-shm", "copy.db-journal");
      }
    }
  }

  @Test
  void isNotMadeAnewWithoutItsTables() throws Exception {
    Path file = folder.resolve("things.db");
    try (Database database = open(file)) {
      Files.delete(file);
      GroupCommit commits = new GroupCommit(database);
      try {
        commits.writeAll(INSERT, List.of(1));
      } catch (StorageException e) {
        assertThat(e.outcome()).isNotEqualTo(StorageException.Outcome.UNKNOWN);
      }
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void saysThatAFileIsNoDatabase() throws Exception {
    Path file = Files.writeString(folder.resolve("things.db"), "no database ".repeat(1000));
    assertThatThrownBy(() -> open(file))
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.damaged()).isTrue())
        .hasMessageContaining("things.db");
  }
}
