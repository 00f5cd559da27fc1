package dev.rollcall.server.app;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Looks at a file again and again, and says when its content has changed.
///
/// Looking follows symbolic links and sees files that were replaced whole, which notifications of
/// the system do not everywhere. A new content counts once two looks in a row found the same, so
/// that a file that is just being written is not taken for a short one. A file that goes missing
/// changes nothing until it is back.
final class Watch implements AutoCloseable {
  static final Duration PERIOD = Duration.ofSeconds(1);

  /// Within this time of its last change a file may change once more without its time moving on.
  private static final Duration UNSETTLED = Duration.ofSeconds(2);

  private static final System.Logger LOG = System.getLogger(Watch.class.getName());

  private final Path file;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Optional<Thread> looking = Optional.empty();
  private Optional<Look> told;
  private Optional<Look> seen;
  private boolean missed;

  /// A file as one look found it; two are the same when they hold the same.
  private record Look(FileTime modified, long size, @Nullable Object key, String content) {
    boolean unchanged(BasicFileAttributes now) {
      return modified.equals(now.lastModifiedTime())
          && size == now.size()
          && Objects.equals(key, now.fileKey())
          && modified.toInstant().isBefore(Instant.now().minus(UNSETTLED));
    }
  }

  /// What the file holds now counts as known.
  Watch(Path file) {
    this.file = file;
    this.seen = Optional.empty();
    this.told = find();
    this.seen = told;
  }

  /// Starts looking each [#PERIOD], on a thread of its own, which also calls `changed`.
  void start(Runnable changed) {
    looking =
        Optional.of(
            Thread.ofVirtual().name("watch " + file.getFileName()).start(() -> run(changed)));
  }

  /// Looks once.
  void look(Runnable changed) {
    Optional<Look> now = find();
    if (now.isEmpty()) {
      if (told.isPresent() && !missed) {
        LOG.log(Level.WARNING, "{0} cannot be read: what it said last goes on", file);
      }
      missed = true;
    } else {
      missed = false;
      if (same(now, seen) && !same(now, told)) {
        changed.run();
        told = now;
      }
    }
    seen = now;
  }

  /// Stops looking, and waits until a look under way has ended.
  @Override
  public void close() {
    closed.countDown();
    try {
      if (looking.isPresent()) {
        looking.get().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Runnable changed) {
    String failed = "";
    try {
      while (!closed.await(PERIOD.toNanos(), TimeUnit.NANOSECONDS)) {
        try {
          look(changed);
          failed = "";
        } catch (RuntimeException e) {
          if (!failed.equals(e.toString())) { // once, and not with each try
            LOG.log(
                Level.WARNING, "a change of " + file + " could not be applied, trying again", e);
          }
          failed = e.toString();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Look> find() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (seen.isPresent() && seen.get().unchanged(now)) {
        return seen;
      }
      return Optional.of(
          new Look(now.lastModifiedTime(), now.size(), now.fileKey(), Files.readString(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean same(Optional<Look> one, Optional<Look> other) {
    return one.map(Look::content).equals(other.map(Look::content));
  }
}
