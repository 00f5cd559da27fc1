package dev.rollcall.server.config;

import java.nio.file.Path;
import java.util.Optional;

/// The files that configure a process.
///
/// @param directory the working directory: `.env` is read there, and relative paths start there
/// @param named the configuration file that was asked for, which then has to be there; otherwise it
///   is `rollcall.yaml` in the working directory, which may be missing
public record ConfigFiles(Path directory, Optional<Path> named) {
  /// The configuration file.
  public Path yaml() {
    return directory.resolve(label());
  }

  /// What messages call the configuration file: its path as it was given.
  public String label() {
    return named.map(Path::toString).orElse("rollcall.yaml");
  }

  Path dotEnv() {
    return directory.resolve(".env");
  }
}
