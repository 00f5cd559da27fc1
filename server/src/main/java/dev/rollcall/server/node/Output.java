package dev.rollcall.server.node;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Where the results go, as `output_file` says.
public sealed interface Output {
  /// They are posted to a collector.
  record Post(URI url) implements Output {}

  /// They are appended to a file, one JSON object a line.
  record Append(Path file) implements Output {}

  /// They are printed, one JSON object a line.
  record Print() implements Output {}

  /// Reads the text of the setting.
  ///
  /// @throws IllegalArgumentException with a phrase that follows the text
  static Output parse(String text) {
    if (text.equals("-")) {
      return new Print();
    }
    if (text.contains("://")) {
      return new Post(NodeSettings.url(text, "http://localhost:8081/results"));
    }
    try {
      return new Append(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "is neither a URL nor a path: write http://localhost:8081/results, a path, or -", e);
    }
  }
}
