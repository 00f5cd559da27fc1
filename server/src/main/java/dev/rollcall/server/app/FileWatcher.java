package dev.rollcall.server.app;

import dev.rollcall.server.time.BackgroundLoop;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at a file, and at those that it names, again and again, and says when their content has
/// changed.
///
/// Looking follows symbolic links and sees files that were replaced whole, which notifications of
/// the system do not everywhere. A new content counts once two looks in a row found the same, so
/// that a file that is just being written is not taken for a short one. A file that goes missing
/// changes nothing until it is back; one that it names does.
final class FileWatcher implements AutoCloseable {
  static final Duration PERIOD = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(FileWatcher.class.getName());

  private final Path path;
  private final WatchedFile file;
  private Set<Path> named = Set.of();
  private List<WatchedFile> others = List.of();
  private Optional<BackgroundLoop> looking = Optional.empty();
  private volatile Optional<String> missing = Optional.empty();

  /// What the file holds now counts as known.
  FileWatcher(Path file) {
    this.path = file;
    this.file = new WatchedFile(file, true);
  }

  /// From now on looks at these files too, and no others; what one holds that is new among them has
  /// been read already, or changed since, so that it is told of once.
  ///
  /// Belongs to the thread that looks, or to the one that starts it.
  void follow(Set<Path> files) {
    if (!files.equals(named)) {
      named = Set.copyOf(files);
      others = named.stream().map(other -> new WatchedFile(other, false)).toList();
    }
  }

  /// Starts looking each [#PERIOD], on a thread of its own, which also calls `changed`.
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
      file.tell();
      beside.forEach(WatchedFile::tell);
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

  /// Why what the file said last goes on, where it cannot be read any more.
  Optional<String> missing() {
    return missing;
  }

  /// Stops looking, and waits until a look under way has ended.
  @Override
  public void close() {
    looking.ifPresent(BackgroundLoop::close);
  }
}
