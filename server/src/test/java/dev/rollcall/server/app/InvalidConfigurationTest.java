package dev.rollcall.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Walks `src/test/resources/invalid`: configurations with one mistake each, as `.yaml`, `.env` or
/// `.environment`, beside the one line (`.expected`) that has to come of it.
class InvalidConfigurationTest {
  private static final Path FOLDER = Path.of("src/test/resources/invalid");

  @TempDir Path directory;

  static List<Path> invalid() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> !file.toString().endsWith(".expected")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void isRefusedWithOneLineThatSaysWhatToDo(Path file) throws IOException {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    Map<String, String> environment = new HashMap<>();
    switch (name.substring(dot)) {
      case ".yaml" -> Files.copy(file, directory.resolve("rollcall.yaml"));
      case ".env" -> Files.copy(file, directory.resolve(".env"));
      default -> {
        for (String line : Files.readAllLines(file)) {
          environment.put(line.replaceFirst("=.*", ""), line.replaceFirst("[^=]*=", ""));
        }
      }
    }
    StringWriter err = new StringWriter();
    assertThat(check(environment, err)).isEqualTo(Command.MISTAKE);
    assertThat(err.toString().lines())
        .containsExactly(
            Files.readString(FOLDER.resolve(name.substring(0, dot) + ".expected")).strip());
  }

  @Test
  void doesNotTakeALoopOfLinksForAFileThatIsMissing() throws IOException {
    Files.createSymbolicLink(directory.resolve("rollcall.yaml"), Path.of("rollcall.yaml"));
    StringWriter err = new StringWriter();
    assertThat(check(Map.of(), err)).isEqualTo(Command.MISTAKE);
    assertThat(err.toString())
        .startsWith("rollcall.yaml: file: cannot be read (Too many levels of symbolic links");
  }

  private int check(Map<String, String> environment, StringWriter err) {
    return new Main(directory, environment)
        .commands()
        .setErr(new PrintWriter(err, true))
        .execute("config", "check");
  }
}
