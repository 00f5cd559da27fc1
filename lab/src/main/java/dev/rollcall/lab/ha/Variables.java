package dev.rollcall.lab.ha;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Files of `deploy/` with lines `NAME=value`, of which users change some for each machine.
final class Variables {
  private static final Pattern LINE = Pattern.compile("(\\$?\\w+)=(.*)");

  private Variables() {}

  /// All lines of a file, in its order.
  static Map<String, String> read(Path file) {
    Map<String, String> all = new LinkedHashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher found = LINE.matcher(line);
        if (found.matches()) {
          all.put(found.group(1), found.group(2));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /// The lines of another machine than the one that the file is for: `NAME` lines have its name,
  /// and lines with one address alone have its address.
  ///
  /// @param owns what those lines have in their names, which are a machine's own
  static Map<String, String> of(
      Machine machine, Map<String, String> first, String address, String... owns) {
    Map<String, String> all = new LinkedHashMap<>(first);
    for (String own : owns) {
      all.replaceAll(
          (name, value) -> name.contains(own) ? value.replace(address, machine.address()) : value);
    }
    all.replaceAll((name, value) -> name.endsWith("_NAME") ? machine.toString() : value);
    return all;
  }
}
