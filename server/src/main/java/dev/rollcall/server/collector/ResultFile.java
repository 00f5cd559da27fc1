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

/// One results file. It is written until it is retired, and then only read.
///
/// Users hold the shared lock. Retiring and closing take it exclusively: so they wait for what is
/// under way, and no user finds the file closed.
final class ResultFile implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ResultFile.class.getName());

  /// How many reads may run at once while the file is written.
  private static final int READERS = 4;

  /// At most about a thousand results with traceroutes in a transaction, unless one request is
  /// larger: the next requests wait for it.
  private static final int ROWS_AT_ONCE = 25_000;

  /// Each transaction changes nearly every page of the indexes. With large pages, fewer have to be
  /// found, written into the log, and written back.
  private static final List<String> PRAGMAS = List.of("PRAGMA page_size = 8192");

  /// The endings of the file itself, and of files that SQLite may create next to it.
  private static final List<String> COMPANIONS = List.of("", "-wal", "-shm", "-journal");

  /// The ending of a damaged file that was renamed.
  static final String CORRUPT = ".corrupt";

  /// The byte of a file that says whether it has a log: <https://sqlite.org/fileformat.html>.
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

  /// A file for reading only. It is opened when it is read.
  static ResultFile retired(Path folder, FileName name, Clock clock) {
    return new ResultFile(folder.resolve(name.text()), name, clock);
  }

  /// Opens a file for writing. Creates it with its tables if it is missing.
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

  /// Writes results, and returns when they are durable.
  ///
  /// @return false if the file is retired or was removed from its folder: then the results have to
  ///   be written into another file
  /// @throws StorageException if the database fails
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

  /// Whether it is open for writing.
  boolean isWritten() {
    return commits != null;
  }

  /// Whether it is known to be one plain file, which is no longer written.
  boolean isPlain() {
    return plain;
  }

  /// Makes one plain file if there is a log or journal: a kill leaves them, or another program that
  /// was reading the file when it was retired.
  ///
  /// @throws StorageException if the file stays as it is
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

  /// Call this only while the file is not open, since closing it here would remove the locks of
  /// SQLite.
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

  /// Whether the open file is no longer the one in the folder.
  boolean isGone() {
    Optional<BasicFileAttributes> now = attributes();
    return now.isEmpty() || !Objects.equals(now.get().fileKey(), key);
  }

  /// Why it cannot be written at present.
  Optional<String> trouble() {
    use.readLock().lock();
    try {
      Database open = database;
      return open == null ? Optional.empty() : open.trouble();
    } finally {
      use.readLock().unlock();
    }
  }

  /// Reads from the file.
  ///
  /// @return empty if it was closed or deleted
  /// @throws StorageException if the database fails
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

  /// Logs, once, that it cannot be read.
  void complain(RuntimeException trouble) {
    if (complained.compareAndSet(false, true)) {
      String words = String.valueOf(trouble.getMessage()).replaceAll("\\s*\\R.*", "");
      LOG.log(Level.WARNING, "{0} cannot be read and is skipped: {1}", path, words);
    }
  }

  /// Closes a retired file until it is read again.
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

  /// Copies its present state: see [Database#copyTo].
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

  /// The size on the disk with the log, in bytes.
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

  /// Waits for the writers, and leaves one file without a log. From then on it is only read.
  ///
  /// @throws StorageException if the log stays
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

  /// Waits for the users, and closes the file. Its log is written back.
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

  /// Closes and deletes the file with its companions. The file itself is deleted last: so after a
  /// kill it is still found by its name, and deleted later.
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

  /// The name of the results file that a `-wal`, `-shm` or `-journal` file belongs to.
  static Optional<String> owner(String name) {
    return COMPANIONS.stream()
        .filter(ending -> !ending.isEmpty() && name.endsWith(ending))
        .map(ending -> name.substring(0, name.length() - ending.length()))
        .findFirst();
  }

  /// Whether the file or one of its companions exists.
  static boolean isTaken(Path path) {
    return COMPANIONS.stream()
        .anyMatch(ending -> Files.isRegularFile(path.resolveSibling(path.getFileName() + ending)));
  }

  /// Renames a damaged file, so that it no longer counts as a results file. Its log is renamed too,
  /// so that nothing is lost that could be recovered.
  ///
  /// @return its new path
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
