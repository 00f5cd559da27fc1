package dev.rollcall.server.collector;

import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// The results files of one folder: one is written, the retained ones before it are read.
///
/// A rotation opens the next file beside the current one, lets everything that comes from then on
/// go there, and retires the old file once the writes that it had begun are done: nobody is turned
/// away, and no request stands in two files.
final class RotatingStore implements AutoCloseable {
  /// What the store is told.
  ///
  /// @param folder where the files are; made where it is missing
  /// @param mostBytes of a file and its log
  /// @param mostAge of a file
  /// @param keep how many files stay, the current one included
  record Settings(Path folder, long mostBytes, Duration mostAge, int keep) {
    Settings {
      if (mostBytes < 1 || keep < 1 || mostAge.isNegative() || mostAge.isZero()) {
        throw new IllegalArgumentException(
            "nothing could be kept: " + mostBytes + " bytes, " + keep);
      }
    }
  }

  private static final System.Logger LOG = System.getLogger(RotatingStore.class.getName());
  private static final int MOST_TURNS = 5;

  private final Settings settings;
  private final Clock clock;
  private final ResultFolder folder;
  private final ResultRows rows;
  private final ReentrantLock turning = new ReentrantLock();
  private final Semaphore wakes = new Semaphore(0);
  private final AtomicLong rotations = new AtomicLong();
  private final AtomicLong quarantined = new AtomicLong();
  private volatile Optional<ResultFile> current = Optional.empty();
  private volatile List<ResultFile> older = List.of();
  private volatile Duration opened = Duration.ZERO;
  private volatile String trouble = "no results file is open yet";
  private volatile boolean closing;
  private boolean watching;

  RotatingStore(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.folder = new ResultFolder(settings.folder(), clock);
    this.rows = new ResultRows(clock);
  }

  /// Opens the newest file, or begins one, and keeps watch from then on. A full disk is no reason
  /// not to start: it is tried again.
  ///
  /// @throws StorageException where another process has the folder, or nothing may be written in it
  void open() {
    turning.lock();
    try {
      if (current.isEmpty()) {
        begin();
      }
    } catch (StorageException e) {
      if (e.outcome() == StorageException.Outcome.REPAIR) {
        throw e;
      }
      LOG.log(Level.WARNING, "nothing can be stored yet, trying again: {0}", e.reason());
    } finally {
      startWatching();
      turning.unlock();
    }
  }

  private void startWatching() {
    if (!watching) {
      watching = true;
      Thread.ofVirtual().name("results-files").start(this::watch);
    }
  }

  private ResultFile opened() {
    turning.lock();
    try {
      if (current.isEmpty()) {
        begin();
        startWatching();
      }
      return current.orElseThrow();
    } finally {
      turning.unlock();
    }
  }

  /// Opens them where the folder is there already.
  void openIfThere() {
    if (folder.isThere()) {
      open();
    }
  }

  /// Writes results whole into one file, and returns once they are durable.
  ///
  /// @throws StorageException when the database fails
  void write(Results results) {
    for (int turn = 0; turn < MOST_TURNS; turn++) {
      ResultFile file = current();
      try {
        if (file.write(rows, results)) {
          if (file.size() >= settings.mostBytes()) {
            wakes.release();
          }
          return;
        }
      } catch (StorageException e) {
        if (!e.damaged()) {
          throw e;
        }
        replace(file, true);
        continue;
      }
      if (current.filter(now -> now == file).isPresent()) {
        replace(file, false);
      }
    }
    throw new UncheckedIOException(
        new IOException(folder + ": the results file is taken away again and again"));
  }

  private ResultFile current() {
    return current.orElseGet(this::opened);
  }

  /// Begins another file, and returns it.
  ///
  /// @throws StorageException where it cannot be made; the current one goes on then
  ResultFile rotate() {
    ResultFile next;
    Optional<ResultFile> before;
    turning.lock();
    try {
      before = current;
      if (before.isEmpty()) {
        return opened();
      }
      next = openFile(before.get().name().next(clock.wall()));
      List<ResultFile> all = new ArrayList<>(older);
      all.addFirst(before.get());
      older = List.copyOf(all);
      become(next);
      rotations.incrementAndGet();
      LOG.log(Level.INFO, "began {0} after {1}", next.name().text(), before.get().name().text());
    } finally {
      turning.unlock();
    }
    ResultFolder.retire(before.get());
    trim();
    settle();
    return next;
  }

  /// Gives back the memory that the requests of one file have left behind: many times what lives,
  /// and Java would rather grow.
  @SuppressWarnings("SystemGc") // once a file
  private static void settle() {
    System.gc();
  }

  /// Deletes the oldest files that are too many.
  private void trim() {
    turning.lock();
    try {
      List<ResultFile> all = new ArrayList<>(older);
      while (all.size() > settings.keep() - 1) {
        ResultFile oldest = all.removeLast();
        older = List.copyOf(all);
        oldest.delete();
        LOG.log(
            Level.INFO,
            "deleted {0}, as {1} files are kept",
            oldest.name().text(),
            settings.keep());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "an old results file could not be deleted: {0}", e.getMessage());
    } finally {
      turning.unlock();
    }
  }

  private void become(ResultFile file) {
    current = Optional.of(file);
    opened = clock.monotonic();
  }

  /// Another file in the place of one that is gone or damaged.
  private void replace(ResultFile lost, boolean damaged) {
    turning.lock();
    try {
      if (current.filter(now -> now == lost).isEmpty()) {
        return; // another writer was quicker
      }
      current = Optional.empty();
      if (damaged) {
        lost.close();
        quarantine(lost.name());
      } else {
        LOG.log(
            Level.ERROR,
            "{0} was taken away while it was written: what it held is lost, and another is begun",
            lost.path());
        lost.close();
      }
      begin();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      turning.unlock();
    }
  }

  /// Goes on with the newest file that is there, unless it is due or damaged.
  private void begin() {
    if (closing) {
      throw new IllegalStateException("the collector is closed");
    }
    try {
      folder.claim();
      older.forEach(ResultFile::close);
      List<FileName> names = folder.names();
      Optional<ResultFile> newest =
          names.isEmpty() ? Optional.empty() : resumed(names.removeFirst());
      older = names.stream().map(folder::retired).toList();
      older.forEach(this::countOn);
      become(newest.isPresent() ? newest.get() : openFile(FileName.of(clock.wall())));
      trouble = "";
    } catch (StorageException e) {
      trouble = e.reason();
      throw e;
    } catch (IOException e) {
      trouble = folder + " cannot be read: " + e.getMessage();
      throw new UncheckedIOException(e);
    }
  }

  /// The newest file, open; nothing where it is damaged, and now has another name.
  private Optional<ResultFile> resumed(FileName name) throws IOException {
    try {
      return Optional.of(openFile(name));
    } catch (StorageException e) {
      if (!e.damaged()) {
        throw e;
      }
      quarantine(name);
      return Optional.empty();
    }
  }

  private ResultFile openFile(FileName name) {
    ResultFile file = folder.written(name);
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
      LOG.log(Level.WARNING, "{0} cannot be read: {1}", file.path(), e.getMessage());
    } finally {
      file.rest();
    }
  }

  private void quarantine(FileName name) throws IOException {
    folder.quarantine(name);
    quarantined.incrementAndGet();
  }

  /// Looks once a second, and when a writer asks for it.
  private void watch() {
    trim();
    while (!closing) {
      try {
        look();
      } catch (RuntimeException e) {
        String reason = String.valueOf(e.getMessage());
        if (!reason.equals(trouble)) {
          LOG.log(Level.WARNING, "the results files: {0}; trying again", reason);
        }
        trouble = reason;
      }
      try {
        if (wakes.tryAcquire(1, TimeUnit.SECONDS)) {
          wakes.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void look() {
    Optional<ResultFile> file = current;
    if (file.isEmpty()) {
      opened();
    } else if (file.get().isGone()) {
      replace(file.get(), false);
    } else if (isDue(file.get())) {
      rotate();
    }
  }

  private boolean isDue(ResultFile file) {
    Instant now = clock.wall();
    Duration age = Duration.between(file.name().begun(), now);
    // A name in the future says nothing: a clock was put back. What counts then is this process's
    // own time.
    Duration known = age.isNegative() ? clock.monotonic().minus(opened) : age;
    return file.size() >= settings.mostBytes() || known.compareTo(settings.mostAge()) >= 0;
  }

  /// Every file, the newest first.
  List<ResultFile> files() {
    List<ResultFile> all = new ArrayList<>(older);
    current.ifPresent(all::addFirst);
    return all;
  }

  /// The file that is written.
  Optional<ResultFile> written() {
    return current;
  }

  /// A copy of a results file.
  ///
  /// @param name of the file it was made of
  record Copy(Path file, String name) {}

  /// A copy of the current file as it is at this moment, for whoever deletes it afterwards.
  Copy copy() throws IOException {
    Path copy = folder.dump();
    ResultFile file = current();
    try {
      file.copyTo(copy);
      return new Copy(copy, file.name().text());
    } catch (RuntimeException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
  }

  /// Why nothing can be written just now.
  Optional<String> trouble() {
    Optional<ResultFile> file = current;
    return file.isEmpty() ? Optional.of(trouble) : file.get().trouble();
  }

  /// How often another file was begun since the start.
  long rotations() {
    return rotations.get();
  }

  /// How many damaged files were put aside since the start.
  long quarantined() {
    return quarantined.get();
  }

  /// Waits for what is being written, and closes every file with its log written back.
  @Override
  public void close() {
    closing = true;
    wakes.release();
    turning.lock();
    try {
      files().forEach(ResultFile::close);
      current = Optional.empty();
      older = List.of();
      trouble = "the collector is closed";
      folder.close();
    } finally {
      turning.unlock();
    }
  }
}
