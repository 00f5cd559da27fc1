package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.DatabaseLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void everyScriptBelongsToOneCapability() throws IOException {
    Path folder = Path.of("src/main/resources");
    try (Stream<Path> scripts = Files.walk(folder.resolve("db"))) {
      assertThat(Tables.in(new DatabaseLocation.SqliteFile(Path.of("x.db"))).migrations())
          .containsExactlyInAnyOrderElementsOf(
              scripts
                  .filter(Files::isRegularFile)
                  .map(script -> folder.relativize(script).toString())
                  .toList());
    }
  }
}
