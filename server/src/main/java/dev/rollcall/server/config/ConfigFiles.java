package dev.rollcall.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// The configuration files of a process.
///
/// @param directory the working directory: it contains `.env`, and relative paths start there
/// @param named the configuration file that was given, which must exist; otherwise it is
///   `rollcall.yaml` in the working directory, which may be missing
public record ConfigFiles(Path directory, Optional<Path> named) {
  /// The path of the configuration file.
  public Path yaml() {
    return directory.resolve(label());
  }

  /// The configuration file in messages: its path as it was given.
  public String label() {
    return named.map(Path::toString).orElse("rollcall.yaml");
  }

  Path dotEnv() {
    return directory.resolve(".env");
  }
}
