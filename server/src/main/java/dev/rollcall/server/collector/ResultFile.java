package dev.rollcall.server.collector;

import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.PlainFile;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One results file: written until it is retired, then only read.
///
/// Who uses it holds the lock shared; retiring and closing hold it alone, so that they wait for
/// what is under way and nothing begins that would find the file closed.
final class ResultFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ResultFile.class.getName());

  /// Reads of one file at once, while it is written.
  private static final int READERS = 4;

  /// A transaction of about a thousand traced results at most, unless one request is larger: those
  /// who come next wait no longer than it takes.
  private static final int ROWS_AT_ONCE = 25_000;

  /// Nearly every page of the indexes changes with each transaction, and large pages are fewer to
  /// look up, to write into the log, and to write back.
  private static final List<String> PRAGMAS = List.of("PRAGMA page_size = 8192");

  /// The file itself, and what SQLite may have beside it.
  private static final List<String> COMPANIONS = List.of("", "-wal", "-shm", "-journal");

  /// Ends the name of a damaged file that was put aside.
  static final String CORRUPT = ".corrupt";

  /// Where a file says whether it is written with a log: <https://sqlite.org/fileformat.html>.
  private static final int FORMAT = 18;

  private static final byte WITH_LOG = 2;

  private final Path path;
  private final FileName name;
  private final Clock clock;
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
  private final AtomicBoolean complained = new AtomicBoolean();
  private @Nullable Database database;
  private volatile @Nullable GroupCommit commits;
  private @Nullable Object key;
  private boolean closed;
  private volatile boolean plain;

  private ResultFile(Path path, FileName name, Clock clock) {
    this.path = path;
    this.name = name;
    this.clock = clock;
  }

  /// A file that is only read, and opened when it is.
  static ResultFile retired(Path folder, FileName name, Clock clock) {
    return new ResultFile(folder.resolve(name.text()), name, clock);
  }

  /// Opens a file to be written, and makes it with its tables where it is missing.
  ///
  /// @throws StorageException in one line
  static ResultFile open(Path folder, FileName name, Clock clock) {
    ResultFile file = retired(folder, name, clock);
    Database database =
        Database.open(new PlainFile(file.path, READERS, ResultRows.SCHEMA, PRAGMAS), clock);
    file.database = database;
    file.commits = new GroupCommit(database, ROWS_AT_ONCE, Integer.MAX_VALUE);
    file.key = file.attributes().map(BasicFileAttributes::fileKey).orElse(null);
    return file;
  }

  FileName name() {
    return name;
  }

  Path path() {
    return path;
  }

  /// Writes results, and returns once they are durable.
  ///
  /// @return false where the file is retired, or is gone from its folder: the results stand in no
  ///   file that anybody could find, and belong into another
  /// @throws StorageException when the database fails
  boolean write(ResultRows rows, Results results) {
    use.readLock().lock();
    try {
      GroupCommit open = commits;
      if (open == null) {
        return false;
      }
      try {
        open.write(rows, results);
        return !isGone();
      } catch (StorageException e) {
        if (isGone()) {
          return false;
        }
        throw e;
      }
    } finally {
      use.readLock().unlock();
    }
  }

  /// Whether it is open to be written.
  boolean isWritten() {
    return commits != null;
  }

  /// Whether all of it is known to stand in one plain file that is no longer written.
  boolean isPlain() {
    return plain;
  }

  /// Leaves one plain file of one that is no longer written and may have a log or a journal beside
  /// it: a kill left it, or another program read it when it was retired.
  ///
  /// @throws StorageException when it stays as it is
  void fold() {
    use.writeLock().lock();
    try {
      if (plain || closed || commits != null) {
        return;
      }
      rest();
      if (Files.exists(path) && !looksPlain()) {
        Database.fold(path);
      }
      plain = true;
    } finally {
      use.writeLock().unlock();
    }
  }

  /// To be called when nobody has it open, since closing it takes SQLite's locks away.
  private boolean looksPlain() {
    if (COMPANIONS.stream().skip(1).anyMatch(ending -> Files.exists(companion(ending)))) {
      return false;
    }
    try (InputStream start = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      byte[] head = start.readNBytes(FORMAT + 1);
      return head.length <= FORMAT || head[FORMAT] != WITH_LOG;
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether the file that is open is no longer the one in the folder.
  boolean isGone() {
    Optional<BasicFileAttributes> now = attributes();
    return now.isEmpty() || !Objects.equals(now.get().fileKey(), key);
  }

  /// Why it cannot be written just now.
  Optional<String> trouble() {
    use.readLock().lock();
    try {
      Database open = database;
      return open == null ? Optional.empty() : open.trouble();
    } finally {
      use.readLock().unlock();
    }
  }

  /// Reads from it.
  ///
  /// @return nothing where it has been closed or deleted
  /// @throws StorageException when the database fails
  <T> Optional<T> read(Function<Handle, T> read) {
    use.readLock().lock();
    try {
      Optional<Database> open = opened();
      return open.isEmpty() ? Optional.empty() : Optional.of(open.get().read(read));
    } finally {
      use.readLock().unlock();
    }
  }

  private synchronized Optional<Database> opened() {
    Database open = database;
    if (open == null && !closed && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      open = Database.openReadOnly(path, clock);
      database = open;
    }
    return Optional.ofNullable(open);
  }

  /// Says, once, that it cannot be read.
  void complain(RuntimeException trouble) {
    if (complained.compareAndSet(false, true)) {
      String words = String.valueOf(trouble.getMessage()).replaceAll("\\s*\\R.*", "");
      LOG.log(Level.WARNING, "{0} cannot be read and is skipped: {1}", path, words);
    }
  }

  /// Gives up what reading a retired file has opened, until it is read again.
  void rest() {
    use.writeLock().lock();
    try {
      Database open = database;
      if (commits == null && open != null) {
        database = null;
        open.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /// Copies it as it is at this moment: see [Database#copyTo].
  void copyTo(Path copy) {
    use.readLock().lock();
    try {
      opened()
          .orElseThrow(() -> new UncheckedIOException(new NoSuchFileException(path.toString())))
          .copyTo(copy);
    } finally {
      use.readLock().unlock();
    }
  }

  /// Bytes on the disk, its log included.
  long size() {
    return size(path) + size(companion("-wal"));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private Path companion(String ending) {
    return path.resolveSibling(name.text() + ending);
  }

  private Optional<BasicFileAttributes> attributes() {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Waits for those who write, and leaves one file without a log; from then on it is only read.
  ///
  /// @throws StorageException when it keeps its log
  void retire() {
    use.writeLock().lock();
    try {
      GroupCommit open = commits;
      Database written = database;
      commits = null;
      database = null;
      if (open != null && written != null) {
        open.close();
        if (isGone()) {
          written.close();
        } else {
          written.closePlain();
          plain = true;
        }
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /// Waits for those who use it and closes it, with its log written back.
  @Override
  public void close() {
    use.writeLock().lock();
    try {
      closed = true;
      GroupCommit open = commits;
      Database opened = database;
      commits = null;
      database = null;
      if (open != null) {
        open.close();
      }
      if (opened != null) {
        opened.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /// Closes and deletes it, with what belongs to it. The file itself goes last: whatever a kill
  /// leaves is still found by its name, and deleted the next time.
  void delete() throws IOException {
    close();
    Optional<IOException> failed = Optional.empty();
    for (String ending : COMPANIONS.reversed()) {
      try {
        Files.deleteIfExists(companion(ending));
      } catch (IOException e) {
        failed = Optional.of(e);
      }
    }
    if (failed.isPresent()) {
      throw failed.get();
    }
  }

  /// The name of the results file that a log, its memory or a journal belongs to.
  static Optional<String> owner(String name) {
    return COMPANIONS.stream()
        .filter(ending -> !ending.isEmpty() && name.endsWith(ending))
        .map(ending -> name.substring(0, name.length() - ending.length()))
        .findFirst();
  }

  /// Whether something of a file of that name is there, though it need not be the file itself.
  static boolean isTaken(Path path) {
    return COMPANIONS.stream()
        .anyMatch(ending -> Files.isRegularFile(path.resolveSibling(path.getFileName() + ending)));
  }

  /// Puts a damaged file aside, under a name that nobody takes for a results file. Its log goes
  /// along under the new name, so that nothing is lost that might be saved.
  ///
  /// @return where it is now
  static Path quarantine(Path damaged) throws IOException {
    Path aside = damaged.resolveSibling(damaged.getFileName() + CORRUPT);
    for (int i = 2; Files.exists(aside); i++) {
      aside = damaged.resolveSibling(damaged.getFileName() + "." + i + CORRUPT);
    }
    for (String ending : COMPANIONS) {
      Path from = damaged.resolveSibling(damaged.getFileName() + ending);
      if (Files.exists(from)) {
        Files.move(from, aside.resolveSibling(aside.getFileName() + ending));
      }
    }
    return aside;
  }
}
