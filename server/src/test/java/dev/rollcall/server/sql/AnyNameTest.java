package dev.rollcall.server.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file and its folder may have any name that the file system takes.
class AnyNameTest {
  @TempDir Path folder;

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a?b=c",
        "a?mode=ro&cache=shared",
        "a?mode=memory",
        "mode=memory",
        "?",
        "a#b",
        "100%41%zz",
        "with  spaces ",
        "it's \"quoted\"",
        "grün-日本-😀",
        "file:x",
        ":memory:",
        ":resource:x",
        "a;b&c=d",
        "back\\slash",
        "[x]*$(y)`z`",
        "new\nline"
      })
  void opensExactlyThatFile(String name) throws Exception {
    Path there = folder.resolve(name);
    Path file = there.resolve(name);
    DatabaseConfig config =
        DatabaseConfig.of(DatabaseLocation.parse("sqlite:" + file, folder), Things.MIGRATION);
    for (int start = 0; start < 2; start++) {
      try (Database database = Database.open(config, Clock.system());
          GroupCommit commits = new GroupCommit(database)) {
        commits.writeAll(Things.ADD, Things.of(start * 10, start * 10 + 10));
        assertThat(Things.count(database)).isEqualTo(start * 10 + 10);
        Path copy = there.resolve("copy " + start + name);
        database.copyTo(copy);
        try (Database read = Database.openReadOnly(copy, Clock.system())) {
          assertThat(Things.count(read)).isEqualTo(start * 10 + 10);
        }
        Files.delete(copy);
      }
    }
    Database.fold(file);
    assertThat(names(folder)).containsExactly(name);
    assertThat(names(there)).containsExactlyInAnyOrder(name, name + ".lock");
  }
}
