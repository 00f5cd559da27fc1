package dev.rollcall.server.collector;

import dev.rollcall.server.sql.FileProblems;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.LogDebounce;
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

/// The results files of one folder: one is written, the older ones are read.
///
/// A rotation opens the next file, directs new writes to it, and retires the old file when its last
/// writes are finished. So no request is rejected, and none is in two files.
final class RotatingStore implements AutoCloseable {
  /// The settings of the store.
  ///
  /// @param folder where the files are; created if it is missing
  /// @param mostBytes the largest size of a file with its log
  /// @param mostAge the longest time for which a file is written
  /// @param keep how many files stay, including the current one
  record Settings(Path folder, long mostBytes, Duration mostAge, int keep) {
    Settings {
      if (mostBytes < 1 || keep < 1 || mostAge.isNegative() || mostAge.isZero()) {
        throw new IllegalArgumentException(
            "nothing could be kept: " + mostBytes + " bytes, " + keep);
      }
    }
  }

  private static final System.Logger LOG = System.getLogger(RotatingStore.class.getName());
  private static final int MOST_ATTEMPTS = 5;
  private static final Duration EACH = Duration.ofSeconds(1);

  /// The longest pause between attempts: another program may read an old file for any time.
  private static final Duration FOLD_AGAIN_AT_MOST = Duration.ofMinutes(1);

  private final Settings settings;
  private final Clock clock;
  private final ResultFolder folder;
  private final ResultRows rows;
  private final ReentrantLock lock = new ReentrantLock();
  private final BackgroundLoop loop =
      new BackgroundLoop("results-files", "looking after the results files", EACH, this::round);
  private final AtomicLong rotations = new AtomicLong();
  private volatile Optional<ResultFile> current = Optional.empty();
  private final RetainedFiles older;
  private volatile Duration opened = Duration.ZERO;
  private volatile String trouble = "no results file is open yet";
  private volatile boolean closing;
  private final LogDebounce refusing;
  private Duration foldAgainAfter = Duration.ofSeconds(1);
  private Duration foldAgainAt = Duration.ZERO;

  RotatingStore(Settings settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.refusing = new LogDebounce(Duration.ZERO, clock);
    this.rows = new ResultRows(clock);
    this.folder = new ResultFolder(settings.folder(), rows, clock);
    this.older = new RetainedFiles(settings.keep() - 1);
  }

  /// Opens the newest file, or starts one, and starts the thread that watches it. If the disk is
  /// full, it starts nevertheless, and tries again later.
  ///
  /// @throws StorageException if another process uses the folder, or it is not writable
  void open() {
    lock.lock();
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
      lock.unlock();
    }
    loop.start();
  }

  private ResultFile opened() {
    lock.lock();
    try {
      if (current.isEmpty()) {
        begin(true);
        loop.start();
      }
      return current.orElseThrow();
    } finally {
      lock.unlock();
    }
  }

  /// Opens the files if the folder exists.
  void openIfThere() {
    if (folder.isThere()) {
      open();
    }
  }

  /// Writes all results into one file, and returns when they are durable.
  ///
  /// @throws StorageException if the database fails
  void write(Results results) {
    try {
      store(results);
    } catch (StorageException e) {
      if (refusing.begins()) {
        LOG.log(
            Level.WARNING,
            "results of nodes cannot be stored, the nodes send them again: {0}",
            e.reason());
      }
      throw e;
    }
    if (refusing.ends()) {
      LOG.log(Level.INFO, "results of nodes are stored again");
    }
  }

  private void store(Results results) {
    for (int turn = 0; turn < MOST_ATTEMPTS; turn++) {
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

  /// Starts another file, and returns it.
  ///
  /// @throws StorageException if it cannot be created; the current one stays in use
  ResultFile rotate() {
    Optional<ResultFile> now = current;
    return now.isEmpty() ? opened() : rotate(now.get());
  }

  /// The same if `before` is still the current file: another thread may have replaced it.
  private ResultFile rotate(ResultFile before) {
    ResultFile next;
    lock.lock();
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
      lock.unlock();
    }
    ResultFolder.retire(before);
    older.trim();
    freeMemory();
    return next;
  }

  /// Frees the memory that the requests of one file have left. It is many times the live data, and
  /// Java would let the heap grow instead.
  @SuppressWarnings("SystemGc") // once per file
  private static void freeMemory() {
    System.gc();
  }

  private void become(ResultFile file) {
    current = Optional.of(file);
    opened = clock.monotonic();
  }

  /// Replaces a file that is missing or damaged.
  private void replace(ResultFile lost, boolean damaged) {
    lock.lock();
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
      lock.unlock();
    }
  }

  /// Starts writing a file.
  ///
  /// @param resuming continues with the newest existing file, if it can be used
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

  /// Checks the file once a second, and when a writer requests it.
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

  /// Tries again to make plain files of older ones: after a second, then after twice the time of
  /// the attempt before.
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
    // A name in the future says nothing about the age: the clock was set back. Then the time since
    // the file was opened counts.
    Duration known = age.isNegative() ? clock.monotonic().minus(opened) : age;
    return file.size() >= settings.mostBytes() || known.compareTo(settings.mostAge()) >= 0;
  }

  /// All files, the newest first.
  List<ResultFile> files() {
    List<ResultFile> all = new ArrayList<>(older.files());
    current.ifPresent(all::addFirst);
    return all;
  }

  /// The batches of all files.
  KnownBatches batches() {
    return rows.batches();
  }

  /// The file that is being written.
  Optional<ResultFile> written() {
    return current;
  }

  /// A copy of a results file.
  ///
  /// @param name the name of the original
  record Copy(Path file, String name) {}

  /// Copies the current file in its present state. The caller has to delete the copy.
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

  /// Why nothing can be written at present.
  Optional<String> trouble() {
    Optional<ResultFile> file = current;
    return file.isEmpty() ? Optional.of(trouble) : file.get().trouble();
  }

  /// How often another file was started since the start.
  long rotations() {
    return rotations.get();
  }

  /// The number of damaged files renamed since the start.
  long quarantined() {
    return folder.quarantined();
  }

  /// The number of older files that are not yet one plain file.
  long unfolded() {
    return older.files().stream().filter(file -> !file.isPlain()).count();
  }

  /// Waits for writes under way, and closes every file. Logs are written back.
  @Override
  public void close() {
    closing = true;
    loop.close();
    lock.lock();
    try {
      current.ifPresent(ResultFile::close);
      current = Optional.empty();
      older.close();
      trouble = "the collector is closed";
      folder.close();
    } finally {
      lock.unlock();
    }
  }
}
