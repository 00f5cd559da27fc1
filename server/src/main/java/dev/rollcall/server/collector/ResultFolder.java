package dev.rollcall.server.collector;

import dev.rollcall.server.sql.Claim;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/// The folder of the results files, which belongs to this process as long as it is claimed. Files
/// of other names are left alone.
final class ResultFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ResultFolder.class.getName());
  private static final String LOCK = "collector.lock";
  private static final String DUMP = ".dump-";

  private final Path path;
  private final ResultRows rows;
  private final Clock clock;
  private final AtomicLong quarantined = new AtomicLong();
  private Optional<Claim> claim = Optional.empty();

  /// @param rows what counts the ids on after those of its files
  ResultFolder(Path path, ResultRows rows, Clock clock) {
    this.path = path;
    this.rows = rows;
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

  /// The results files that are there, the newest first. What is no file is none of ours, whatever
  /// its name.
  List<FileName> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return new ArrayList<>(
          files
              .filter(Files::isRegularFile)
              .flatMap(file -> FileName.parse(file).stream())
              .sorted(Comparator.reverseOrder())
              .toList());
    }
  }

  /// The newest file, open; nothing where it cannot be used, and now has another name.
  Optional<ResultFile> resumed(FileName name) throws IOException {
    if (!permits(name)) {
      quarantine(name, "this user may not read and write it");
      return Optional.empty();
    }
    try {
      return Optional.of(written(name));
    } catch (StorageException e) {
      if (!e.damaged()) {
        throw e; // a full disk, say: it is tried again
      }
      quarantine(name, e.reason());
    } catch (JdbiException e) {
      quarantine(name, "it has other tables than a results file");
    }
    return Optional.empty();
  }

  /// A new file. One that cannot be made leaves nothing behind: it is tried again each second, and
  /// empty files would soon push those out that hold results.
  ResultFile begun(FileName name) {
    boolean there = has(name);
    try {
      return written(name);
    } catch (RuntimeException e) {
      if (!there) {
        discard(name);
      }
      throw e;
    }
  }

  private ResultFile written(FileName name) {
    ResultFile file = ResultFile.open(path, name, clock);
    try {
      countOn(file);
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void countOn(ResultFile file) {
    try {
      file.read(
          handle -> {
            rows.countOn(handle);
            return file;
          });
    } catch (RuntimeException e) {
      if (file.isWritten()) {
        throw e;
      }
      file.complain(e);
    } finally {
      file.rest();
    }
  }

  /// A file that is only read, without the log that a killed process may have left beside it.
  ResultFile retired(FileName name) {
    ResultFile file = ResultFile.retired(path, name, clock);
    if (file.hasLog()) {
      try {
        retire(ResultFile.open(path, name, clock));
      } catch (StorageException | JdbiException e) {
        LOG.log(Level.WARNING, "{0} keeps its log: {1}", name.text(), e.getMessage());
      }
    }
    countOn(file);
    return file;
  }

  /// Whether something of that name is there.
  private boolean has(FileName name) {
    return Files.exists(path.resolve(name.text()), LinkOption.NOFOLLOW_LINKS);
  }

  /// Whether this user may read and write that file.
  private boolean permits(FileName name) {
    Path file = path.resolve(name.text());
    return Files.notExists(file) || (Files.isReadable(file) && Files.isWritable(file));
  }

  /// Takes away a file that was made and could not be opened.
  private void discard(FileName name) {
    try {
      ResultFile.retired(path, name, clock).delete();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING, "{0} is empty and cannot be deleted: {1}", name.text(), e.getMessage());
    }
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
  ///
  /// @param why in words, for the log
  void quarantine(FileName name, String why) throws IOException {
    LOG.log(
        Level.ERROR,
        "the newest results file cannot be used ({0}): it is kept as {1}, and another is begun",
        why,
        ResultFile.quarantine(path.resolve(name.text())));
    quarantined.incrementAndGet();
  }

  /// How many files were put aside since the start.
  long quarantined() {
    return quarantined.get();
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
