package dev.rollcall.lab.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The command and the environment of a systemd unit, for a machine without systemd.
///
/// @param environment its `Environment=`, in order
/// @param command its `ExecStart=`, with variables
record SystemdUnit(Map<String, String> environment, List<String> command) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

  static SystemdUnit read(Path file) {
    Map<String, String> environment = new LinkedHashMap<>();
    List<String> command = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("Environment=")) {
          for (String pair : line.substring("Environment=".length()).split(" ", -1)) {
            environment.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", ""));
          }
        } else if (line.startsWith("ExecStart=")) {
          command.addAll(List.of(line.substring("ExecStart=".length()).split(" ", -1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SystemdUnit(environment, command);
  }

  /// Its environment with that of its file, which comes after it.
  Map<String, String> environment(Map<String, String> file) {
    Map<String, String> all = new LinkedHashMap<>(environment);
    all.putAll(file);
    return all;
  }

  /// Its command, with the variables of an environment.
  List<String> command(Map<String, String> environment) {
    return command.stream()
        .map(
            word ->
                VARIABLE
                    .matcher(word)
                    .replaceAll(
                        variable ->
                            Matcher.quoteReplacement(
                                environment.getOrDefault(variable.group(1), ""))))
        .toList();
  }
}
