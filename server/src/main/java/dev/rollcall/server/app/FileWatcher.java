package dev.rollcall.server.app;

import dev.rollcall.server.time.BackgroundLoop;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a file, and the files that it names, at intervals, and reports when their content has
/// changed.
///
/// In this way symbolic links and replaced files are followed, which notifications of the operating
/// system do not do everywhere. New content is reported when it was the same twice in a row, so
/// that a file that is still being written is not reported. If the file itself is missing, that is
/// no change until it exists again; if a named file is missing, it is.
final class FileWatcher implements AutoCloseable {
  static final Duration PERIOD = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(FileWatcher.class.getName());

  private final Path path;
  private final WatchedFile file;
  private Set<Path> named = Set.of();
  private List<WatchedFile> others = List.of();
  private Optional<BackgroundLoop> looking = Optional.empty();
  private volatile Optional<String> missing = Optional.empty();

  /// The present content of the file counts as known.
  FileWatcher(Path file) {
    this.path = file;
    this.file = new WatchedFile(file, true);
  }

  /// Replaces the named files. A file that was not among them before is reported once, because it
  /// may have changed since it was read.
  ///
  /// Call this on the thread that watches, or before [#start].
  void follow(Set<Path> files) {
    if (!files.equals(named)) {
      named = Set.copyOf(files);
      others = named.stream().map(other -> new WatchedFile(other, false)).toList();
    }
  }

  /// Starts to look every [#PERIOD], on a separate thread that also calls `changed`.
  void start(Runnable changed) {
    BackgroundLoop loop =
        new BackgroundLoop(
            "watch " + path.getFileName(),
            "watching " + file,
            PERIOD,
            () -> {
              look(changed);
              return PERIOD;
            });
    looking = Optional.of(loop);
    loop.start();
  }

  /// Looks once.
  void look(Runnable changed) {
    List<WatchedFile> beside = others;
    boolean changes = file.changed() && file.isThere();
    for (WatchedFile other : beside) {
      changes |= other.changed();
    }
    Optional<String> now = file.isThere() || !file.wasThere() ? Optional.empty() : gone();
    if (now.isPresent() && missing.isEmpty()) {
      LOG.log(Level.WARNING, now.get());
    }
    missing = now;
    if (changes && file.isThere()) {
      changed.run();
      file.setReported();
      beside.forEach(WatchedFile::setReported);
    }
  }

  private Optional<String> gone() {
    return Optional.of(file + problem() + ": its last content stays in use; restore the file");
  }

  private String problem() {
    if (Files.notExists(path)) {
      return " no longer exists";
    }
    return Files.isDirectory(path) ? " is a folder now" : " cannot be read by this user";
  }

  /// The reason if the file cannot be read any more; its last content stays in use.
  Optional<String> missing() {
    return missing;
  }

  /// Stops, and waits until a look that has begun has ended.
  @Override
  public void close() {
    looking.ifPresent(BackgroundLoop::close);
  }
}
