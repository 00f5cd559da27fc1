package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Follows the section "Be told" of README.md line by line, in a network of its own, so that its
/// ports are free. A command that shows something is repeated until it shows that; one that shows
/// nothing changes something, so it runs once. Needs root (unshare), Python and curl.
class ReadmeIT {
  private static final Pattern FILE =
      Pattern.compile("`([a-z.]+)`:\n\n```[a-z]+\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TERMINAL =
      Pattern.compile("^```\n(\\$ .*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

  @TempDir Path folder;

  private record Step(String command, String shows) {}

  private static String section() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    int begin = readme.indexOf("\n## Be told\n");
    return readme.substring(begin, readme.indexOf("\n## ", begin + 1));
  }

  private static List<Step> steps(String section) {
    List<Step> steps = new ArrayList<>();
    Matcher block = TERMINAL.matcher(section);
    while (block.find()) {
      for (String step : block.group(1).split("(?m)^\\$ ", -1)) {
        if (!step.isEmpty()) {
          String[] lines = step.split("\n", 2);
          steps.add(new Step(lines[0], lines[1].strip()));
        }
      }
    }
    return steps;
  }

  @Test
  void takesANewcomerFromNothingToAMessageAndBack() throws Exception {
    String section = section();
    Matcher file = FILE.matcher(section);
    List<String> files = new ArrayList<>();
    while (file.find()) {
      files.add(file.group(1));
      Files.writeString(folder.resolve(file.group(1)), file.group(2));
    }
    assertThat(files).containsExactly("rollcall.yaml", "receiver.py");
    Path program =
        Files.writeString(
            folder.resolve("rollcall"),
            Program.java("-Xmx128m").stream()
                .map(word -> "'" + word + "'")
                .collect(joining(" ", "#!/bin/sh\nexec ", " \"$@\"\n")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Process shell =
        new ProcessBuilder("unshare", "-n", "sh", "-c", "ip link set lo up && exec bash")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try (Writer in = shell.outputWriter(UTF_8);
        BufferedReader out = shell.inputReader(UTF_8)) {
      for (Step step : steps(section)) {
        if (step.shows().isEmpty()) {
          assertThat(run(in, out, step)).as("%s; the log: %s", step.command(), log()).isEmpty();
        } else {
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(200))
              .untilAsserted(
                  () -> assertThat(plain(run(in, out, step))).isEqualTo(plain(step.shows())));
        }
      }
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly().waitFor();
    }
  }

  private String log() throws IOException {
    Path log = folder.resolve("rollcall.log");
    return Files.exists(log) ? Files.readString(log) : "not there yet";
  }

  /// What a command shows.
  private static String run(Writer in, BufferedReader out, Step step) throws IOException {
    in.write(step.command() + "\necho; echo is done\n");
    in.flush();
    StringBuilder shown = new StringBuilder();
    for (String line = out.readLine(); !"is done".equals(line); line = out.readLine()) {
      assertThat(line).as("the shell ended, after saying: %s", shown).isNotNull();
      shown.append(line).append('\n');
    }
    return shown.toString().strip();
  }

  /// Without what differs each time.
  private static String plain(String text) {
    return text.replaceAll("key=[0-9a-f]+", "key=0")
        .replaceAll("[.][0-9]+Z", "Z")
        .replaceAll("[0-9]+", "0");
  }
}
