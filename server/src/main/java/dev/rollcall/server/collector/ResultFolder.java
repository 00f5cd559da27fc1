package dev.rollcall.server.collector;

import dev.rollcall.server.sql.Claim;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of the results files, which belongs to this process as long as it is claimed. Files
/// of other names are left alone.
final class ResultFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ResultFolder.class.getName());
  private static final String LOCK = "collector.lock";
  private static final String DUMP = ".dump-";

  private final Path path;
  private final Clock clock;
  private Optional<Claim> claim = Optional.empty();

  ResultFolder(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
  }

  boolean isThere() {
    return Files.isDirectory(path);
  }

  /// Takes the folder, also where it was taken away meanwhile and has to be made anew, and removes
  /// what a killed process left half done.
  ///
  /// @throws StorageException where another process has it, or it cannot be written
  void claim() throws IOException {
    close();
    claim = Optional.of(Claim.on(path.resolve(LOCK), "results folder " + path));
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(DUMP)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /// The results files that are there, the newest first.
  List<FileName> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return new ArrayList<>(
          files
              .flatMap(file -> FileName.parse(file).stream())
              .sorted(Comparator.reverseOrder())
              .toList());
    }
  }

  /// A file to be written, made where it is missing.
  ///
  /// @throws StorageException in one line
  ResultFile written(FileName name) {
    return ResultFile.open(path, name, clock);
  }

  /// A file that is only read, without the log that a killed process may have left beside it.
  ResultFile retired(FileName name) {
    ResultFile file = ResultFile.retired(path, name, clock);
    if (file.hasLog()) {
      try {
        retire(written(name));
      } catch (StorageException e) {
        LOG.log(Level.WARNING, "{0} keeps its log: {1}", name.text(), e.reason());
      }
    }
    return file;
  }

  /// Ends the writing of a file.
  static void retire(ResultFile file) {
    try {
      file.retire();
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "{0} keeps its log: {1}", file.name().text(), e.reason());
    }
  }

  /// Where a copy may be written that somebody deletes afterwards.
  Path dump() {
    return path.resolve(DUMP + Long.toUnsignedString(System.nanoTime(), 36));
  }

  /// Puts a damaged file aside: see [ResultFile#quarantine(Path)].
  void quarantine(FileName name) throws IOException {
    LOG.log(
        Level.ERROR,
        "the newest results file was damaged: it is kept as {0}, and another is begun",
        ResultFile.quarantine(path.resolve(name.text())));
  }

  @Override
  public void close() {
    claim.ifPresent(Claim::close);
    claim = Optional.empty();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
