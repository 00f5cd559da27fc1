package dev.rollcall.server.collector;

import dev.rollcall.server.sql.FileProblems;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
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
  private static final Duration EACH = Duration.ofSeconds(1);

  /// Another program may read an old file for as long as it likes.
  private static final Duration FOLD_AGAIN_AT_MOST = Duration.ofMinutes(1);

  private final Settings settings;
  private final Clock clock;
  private final ResultFolder folder;
  private final ResultRows rows;
  private final ReentrantLock turning = new ReentrantLock();
  private final BackgroundLoop loop =
      new BackgroundLoop("results-files", "looking after the results files", EACH, this::round);
  private final AtomicLong rotations = new AtomicLong();
  private volatile Optional<ResultFile> current = Optional.empty();
  private final RetainedFiles older;
  private volatile Duration opened = Duration.ZERO;
  private volatile String trouble = "no results file is open yet";
  private volatile boolean closing;
  private Duration foldAgainAfter = Duration.ofSeconds(1);
  private Duration foldAgainAt = Duration.ZERO;

  RotatingStore(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.rows = new ResultRows(clock);
    this.folder = new ResultFolder(settings.folder(), rows, clock);
    this.older = new RetainedFiles(settings.keep() - 1);
  }

  /// Opens the newest file, or begins one, and keeps watch from then on. A full disk is no reason
  /// not to start: it is tried again.
  ///
  /// @throws StorageException where another process has the folder, or nothing may be written in it
  void open() {
    turning.lock();
    try {
      if (current.isEmpty()) {
        begin(true);
      }
    } catch (StorageException e) {
      if (e.outcome() == StorageException.Outcome.REPAIR) {
        throw e;
      }
      LOG.log(Level.WARNING, "nothing can be stored yet, trying again: {0}", e.reason());
    } finally {
      loop.start();
      turning.unlock();
    }
  }

  private ResultFile opened() {
    turning.lock();
    try {
      if (current.isEmpty()) {
        begin(true);
        loop.start();
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
            loop.wake();
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
        new IOException(folder + ": the results file is removed again and again"));
  }

  private ResultFile current() {
    return current.orElseGet(this::opened);
  }

  /// Begins another file, and returns it.
  ///
  /// @throws StorageException where it cannot be made; the current one goes on then
  ResultFile rotate() {
    Optional<ResultFile> now = current;
    return now.isEmpty() ? opened() : rotate(now.get());
  }

  /// The same where this file is still the current one: another may have been quicker.
  private ResultFile rotate(ResultFile before) {
    ResultFile next;
    turning.lock();
    try {
      if (current.filter(now -> now == before).isEmpty()) {
        return current();
      }
      next = folder.begun(before.name().next(clock.wall()));
      older.add(before);
      become(next);
      rotations.incrementAndGet();
      LOG.log(Level.INFO, "started {0} after {1}", next.name().text(), before.name().text());
    } finally {
      turning.unlock();
    }
    ResultFolder.retire(before);
    older.trim();
    settle();
    return next;
  }

  /// Gives back the memory that the requests of one file have left behind: many times what lives,
  /// and Java would rather grow.
  @SuppressWarnings("SystemGc") // once a file
  private static void settle() {
    System.gc();
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
        folder.quarantine(lost.name(), "it is damaged");
      } else {
        LOG.log(
            Level.ERROR,
            "{0} was removed while it was in use: its content is lost, and a new file is started",
            lost.path());
        lost.close();
      }
      begin(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      turning.unlock();
    }
  }

  /// Begins a file.
  ///
  /// @param resuming goes on with the newest that is there, where that can be used
  private void begin(boolean resuming) {
    if (closing) {
      throw new IllegalStateException("the collector is closed");
    }
    try {
      folder.claim();
      List<FileName> names = folder.names();
      Optional<ResultFile> newest =
          resuming && !names.isEmpty() ? folder.resumed(names.removeFirst()) : Optional.empty();
      older.become(names.stream().map(folder::retired).toList());
      Instant now = clock.wall();
      FileName next = names.isEmpty() ? FileName.of(now) : names.getFirst().next(now);
      become(newest.isPresent() ? newest.get() : folder.begun(next));
      trouble = "";
    } catch (StorageException e) {
      trouble = e.reason();
      throw e;
    } catch (IOException e) {
      trouble = folder + " cannot be read: " + FileProblems.of(e);
      throw new UncheckedIOException(e);
    }
  }

  /// Looks once a second, and when a writer asks for it.
  private Duration round() {
    try {
      older.trim();
      look();
      return EACH;
    } catch (RuntimeException e) {
      trouble = String.valueOf(e.getMessage());
      throw e;
    }
  }

  private void look() {
    Optional<ResultFile> file = current;
    if (file.isEmpty()) {
      opened();
    } else if (file.get().isGone()) {
      replace(file.get(), false);
    } else if (isDue(file.get())) {
      rotate(file.get());
    }
    foldAgain();
  }

  /// Older files that could not be folded into one plain file each: after a second, and after twice
  /// as long each time.
  private void foldAgain() {
    List<ResultFile> waiting =
        older.files().stream().filter(file -> !file.isPlain() && !file.isWritten()).toList();
    Duration now = clock.monotonic();
    if (waiting.isEmpty()) {
      foldAgainAfter = Duration.ofSeconds(1);
    } else if (now.compareTo(foldAgainAt) >= 0) {
      waiting.forEach(folder::foldAgain);
      foldAgainAt = now.plus(foldAgainAfter);
      Duration twice = foldAgainAfter.multipliedBy(2);
      foldAgainAfter = twice.compareTo(FOLD_AGAIN_AT_MOST) < 0 ? twice : FOLD_AGAIN_AT_MOST;
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
    List<ResultFile> all = new ArrayList<>(older.files());
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
    boolean done = false;
    try {
      file.copyTo(copy);
      done = true;
      return new Copy(copy, file.name().text());
    } finally {
      if (!done) {
        Files.deleteIfExists(copy);
      }
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
    return folder.quarantined();
  }

  /// How many older files are not yet one plain file each.
  long unfolded() {
    return older.files().stream().filter(file -> !file.isPlain()).count();
  }

  /// Waits for what is being written, and closes every file with its log written back.
  @Override
  public void close() {
    closing = true;
    loop.close();
    turning.lock();
    try {
      current.ifPresent(ResultFile::close);
      current = Optional.empty();
      older.close();
      trouble = "the collector is closed";
      folder.close();
    } finally {
      turning.unlock();
    }
  }
}
