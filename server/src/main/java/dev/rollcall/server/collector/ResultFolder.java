package dev.rollcall.server.collector;

import dev.rollcall.server.sql.FileLock;
import dev.rollcall.server.sql.FileProblems;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
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

/// The folder of the results files. This process has locked it while it is claimed. Files with
/// other names are not touched.
final class ResultFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ResultFolder.class.getName());
  private static final String LOCK = "collector.lock";
  private static final String DUMP = ".dump-";
  private static final String UNFOLDED =
      "{0} still has a log or journal file, which is merged into it later: {1}";

  private final Path path;
  private final ResultRows rows;
  private final Clock clock;
  private final AtomicLong quarantined = new AtomicLong();
  private Optional<FileLock> claim = Optional.empty();

  /// @param rows continues the ids of the files
  ResultFolder(Path path, ResultRows rows, Clock clock) {
    this.path = path;
    this.rows = rows;
    this.clock = clock;
  }

  boolean isThere() {
    return Files.isDirectory(path);
  }

  /// Locks the folder, and creates it again if it was removed. Removes what a killed process has
  /// left incomplete.
  ///
  /// @throws StorageException if another process uses it, or it is not writable
  void claim() throws IOException {
    close();
    claim = Optional.of(FileLock.on(path.resolve(LOCK), "results folder " + path));
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(DUMP)) {
          Files.deleteIfExists(file);
        } else {
          completeRename(file);
        }
      }
    }
  }

  /// Handles a log or journal without its file. Either a damaged file was being renamed during a
  /// kill: this is completed here. Or somebody removed the file: then it stays, as it may contain
  /// data.
  private static void completeRename(Path file) throws IOException {
    Optional<Path> owner =
        ResultFile.owner(file.getFileName().toString())
            .map(file::resolveSibling)
            .filter(results -> FileName.parse(results).isPresent() && Files.notExists(results));
    if (owner.isEmpty()) {
      return;
    }
    String ending = file.toString().substring(owner.get().toString().length());
    Path aside = Path.of(owner.get() + ResultFile.CORRUPT);
    Path there = Path.of(aside + ending);
    if (ending.equals("-shm")) {
      Files.deleteIfExists(file); // SQLite creates it again
    } else if (Files.exists(aside) && Files.notExists(there)) {
      Files.move(file, there);
    } else {
      LOG.log(
          Level.WARNING,
          "{0} belongs to a results file that is missing: restore that file next to it, or"
              + " delete it",
          file);
    }
  }

  /// The results files in the folder, the newest first. Only regular files count.
  List<FileName> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return new ArrayList<>(
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .flatMap(file -> FileName.parse(file).stream())
              .sorted(Comparator.reverseOrder())
              .toList());
    }
  }

  /// Opens the newest file; empty if it cannot be used and was renamed.
  Optional<ResultFile> resumed(FileName name) throws IOException {
    if (!permits(name)) {
      quarantine(name, "this user may not read and write it");
      return Optional.empty();
    }
    try {
      return Optional.of(written(name));
    } catch (StorageException e) {
      if (!e.damaged()) {
        throw e; // for example a full disk: try again
      }
      quarantine(name, e.reason());
    } catch (JdbiException e) {
      quarantine(name, "it has other tables than a results file");
    }
    return Optional.empty();
  }

  /// A new file. If it cannot be opened, it is removed: it is tried again every second, and
  /// retention would delete files with results because of many empty ones.
  ResultFile begun(FileName wanted) {
    FileName name = wanted;
    while (ResultFile.isTaken(path.resolve(name.text()))) {
      name = name.next(name.begun()); // SQLite would empty the log of a missing file
    }
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

  /// A file for reading only, without a log or journal that a killed process may have left.
  ResultFile retired(FileName name) {
    ResultFile file = ResultFile.retired(path, name, clock);
    fold(file);
    countOn(file);
    return file;
  }

  /// Makes one plain file of a file that is no longer written: see [ResultFile#fold].
  private static void fold(ResultFile file) {
    try {
      file.fold();
    } catch (StorageException e) {
      LOG.log(Level.WARNING, UNFOLDED, file.name().text(), e.reason());
    }
  }

  /// Tries this again for a file where it failed before.
  void foldAgain(ResultFile file) {
    try {
      file.fold();
      if (file.isPlain()) {
        countOn(file);
        LOG.log(Level.INFO, "{0} is a single file now", file.name().text());
      }
    } catch (StorageException e) {
      // It was logged before.
    }
  }

  /// Whether a file of that name exists.
  private boolean has(FileName name) {
    return Files.exists(path.resolve(name.text()), LinkOption.NOFOLLOW_LINKS);
  }

  /// Whether this user may read and write that file.
  private boolean permits(FileName name) {
    Path file = path.resolve(name.text());
    return Files.notExists(file) || (Files.isReadable(file) && Files.isWritable(file));
  }

  /// Removes a file that was created and could not be opened.
  private void discard(FileName name) {
    try {
      ResultFile.retired(path, name, clock).delete();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0} is empty and cannot be deleted: {1}",
          name.text(),
          FileProblems.of(e));
    }
  }

  /// Ends writing to a file.
  static void retire(ResultFile file) {
    try {
      file.retire();
    } catch (StorageException e) {
      LOG.log(Level.WARNING, UNFOLDED, file.name().text(), e.reason());
    }
  }

  /// A path for a copy, which the caller has to delete.
  Path dump() {
    return path.resolve(DUMP + Long.toUnsignedString(System.nanoTime(), 36));
  }

  /// Renames a damaged file: see [ResultFile#quarantine(Path)].
  ///
  /// @param why the reason, for the log
  void quarantine(FileName name, String why) throws IOException {
    LOG.log(
        Level.ERROR,
        "the newest results file cannot be used ({0}): it is renamed to {1}, and a new one is"
            + " started",
        why,
        ResultFile.quarantine(path.resolve(name.text())));
    quarantined.incrementAndGet();
  }

  /// The number of files renamed since the start.
  long quarantined() {
    return quarantined.get();
  }

  @Override
  public void close() {
    claim.ifPresent(FileLock::close);
    claim = Optional.empty();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
