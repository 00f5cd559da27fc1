package dev.rollcall.server.node;

import dev.rollcall.server.sql.FileLock;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The batches that wait for a collector, in a SQLite file ([SpoolFile]).
///
/// A batch is durable when [#note] returns, and stays until it is delivered, put aside and pushed
/// out, or pushed out by newer ones: the oldest go first, and their results are counted.
///
/// A damaged file is renamed to `*.corrupt`, and a new one begun, whenever that is found: at the
/// start, or when a damaged part is read later. Otherwise nothing would be measured and sent until
/// somebody comes.
final class Spool implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Spool.class.getName());
  private static final String FILE = "spool.db";

  /// What is in the spool.
  ///
  /// @param batches how many wait, without those put aside
  /// @param bytes the size of all
  /// @param dropped results pushed out, since the spool was created
  /// @param refused results put aside, since the spool was created
  record Content(long batches, long bytes, long dropped, long refused) {
    static final Content NOTHING = new Content(0, 0, 0, 0);
  }

  private final Path path;
  private final FileLock lock;
  private final long mostBytes;
  private final Clock clock;
  private volatile SpoolFile file;

  /// Whether the file is damaged, and no new one is begun yet.
  private volatile boolean damaged;

  private Spool(Path path, FileLock lock, long mostBytes, Clock clock, SpoolFile file) {
    this.path = path;
    this.lock = lock;
    this.mostBytes = mostBytes;
    this.clock = clock;
    this.file = file;
  }

  /// Opens the spool in a folder, which is created if it is missing.
  ///
  /// @param mostBytes the largest size of all batches
  /// @throws StorageException if another process uses it, or it is not writable
  static Spool open(Path folder, long mostBytes, Clock clock) {
    FileLock lock = FileLock.on(folder.resolve("spool.lock"), "spool " + folder);
    Path path = folder.resolve(FILE);
    try {
      return new Spool(path, lock, mostBytes, clock, opened(path, mostBytes, clock));
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static SpoolFile opened(Path path, long mostBytes, Clock clock) {
    try {
      return SpoolFile.open(path, mostBytes, clock);
    } catch (StorageException e) {
      if (!e.damaged()) {
        throw e;
      }
      say(path, e);
      putAside(path);
      return SpoolFile.open(path, mostBytes, clock);
    }
  }

  private static void say(Path path, StorageException damage) {
    LOG.log(
        Level.ERROR,
        "{0} is damaged and renamed to *.corrupt: what waited there is not sent ({1})",
        path,
        damage.reason());
  }

  private static void putAside(Path file) {
    try {
      String name = file.getFileName() + "." + System.nanoTime() + ".corrupt";
      for (String ending : List.of("-wal", "-shm", "")) {
        Path damaged = file.resolveSibling(file.getFileName() + ending);
        Path aside = file.resolveSibling(name + ending);
        if (Files.exists(damaged)) {
          Files.move(damaged, aside);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws StorageException if the file fails. If it is damaged, the next call has another one
  private <T> T with(Function<SpoolFile, T> work) {
    if (damaged) {
      renew();
    }
    SpoolFile present = file;
    try {
      return work.apply(present);
    } catch (StorageException e) {
      if (e.damaged()) {
        leave(present, e);
      }
      throw e;
    }
  }

  private synchronized void leave(SpoolFile found, StorageException damage) {
    if (file != found || damaged) {
      return; // another thread has found it before
    }
    say(path, damage);
    damaged = true;
    try {
      found.close();
    } catch (StorageException e) {
      // its log cannot be moved into it: both are renamed
    }
    renew();
  }

  private synchronized void renew() {
    if (damaged) {
      putAside(path);
      file = SpoolFile.open(path, mostBytes, clock);
      damaged = false;
    }
  }

  /// Adds a batch, and pushes out the oldest if there is no room for it. Returns when that is
  /// durable.
  ///
  /// @param body as in [SpooledBatch]
  /// @throws StorageException if it cannot be written
  void note(byte[] body, int results) {
    boolean _ =
        with(
            present -> {
              present.note(body, results);
              return true;
            });
  }

  /// The batch that waits for longest. Until the next call, or [#delivered], it is not pushed out.
  Optional<SpooledBatch> oldest() {
    return with(SpoolFile::oldest);
  }

  /// Removes a batch that the collector has.
  void delivered(SpooledBatch batch) {
    boolean _ =
        with(
            present -> {
              present.delivered(batch);
              return true;
            });
  }

  /// Puts a batch aside that no collector takes. It is not sent again, and stays for somebody to
  /// look at until newer ones push it out.
  void refused(SpooledBatch batch) {
    boolean _ =
        with(
            present -> {
              present.refused(batch);
              return true;
            });
  }

  /// What is in it now.
  Content content() {
    return with(SpoolFile::content);
  }

  /// Why nothing can be written at present.
  Optional<String> trouble() {
    return file.trouble();
  }

  @Override
  public void close() {
    file.close();
    lock.close();
  }
}
