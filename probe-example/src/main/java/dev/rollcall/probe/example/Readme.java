package dev.rollcall.probe.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The project that a README's code blocks make: each follows a line with the name of its file.
record Readme(String text) {
  private static final Pattern BLOCK =
      Pattern.compile("^`([^`\n]+)`:\n\n```\\w+\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  static Readme of(Path file) throws IOException {
    return new Readme(Files.readString(file));
  }

  /// Writes all files.
  ///
  /// @return their names
  List<String> write(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      String name = String.valueOf(block.group(1));
      Path file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, String.valueOf(block.group(2)));
      names.add(name);
    }
    return names;
  }
}
