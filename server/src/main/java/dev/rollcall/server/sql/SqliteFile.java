package dev.rollcall.server.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;

/// A SQLite file that belongs to this process alone, as long as it is open: a lock on `<file>.lock`
/// keeps a second Rollcall out. Other programs may read it.
final class SqliteFile implements AutoCloseable {
  /// The first without the bug that could corrupt a database while its log was being reset.
  private static final String OLDEST_LIBRARY = "3.51.3";

  private static final int WRITER_CACHE_KIB = 16 * 1024;
  private static final int READER_CACHE_KIB = 4 * 1024;
  private static final int CHECKPOINT_PAGES = 10_000;
  private static final int BUSY_MILLIS = 5_000;

  private final Path file;
  private final FileChannel lock;

  private SqliteFile(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /// Takes the file, and makes it and its directory, for this user alone, where they are missing.
  ///
  /// @throws StorageException in one line that names the file
  static SqliteFile take(Path file) {
    String name = "database " + file;
    try {
      Path directory = file.getParent();
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectories(directory, only(file, "rwx------"));
      }
      FileChannel lock = locked(file);
      if (Files.notExists(file)) {
        Files.createFile(file, only(file, "rw-------"));
      }
      return new SqliteFile(file, lock);
    } catch (IOException e) {
      throw new StorageException(
          name
              + ": cannot be written here ("
              + words(e)
              + "): give Rollcall's user write access to "
              + file.getParent()
              + " or choose another place",
          StorageException.Outcome.REPAIR,
          e);
    }
  }

  /// What the file system said, without the name of a class.
  private static String words(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "the folder is not there";
      case FileSystemException told when told.getReason() != null -> told.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static FileChannel locked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            Path.of(file + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer.
    }
    channel.close();
    throw new StorageException(
        "database "
            + file
            + ": is in use by another Rollcall: stop that one, or choose another file",
        StorageException.Outcome.REPAIR);
  }

  private static FileAttribute<?>[] only(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /// Refuses a SQLite library that is known to lose data.
  static void checkLibrary(String version) {
    if (Arrays.compare(numbers(version), numbers(OLDEST_LIBRARY)) < 0) {
      throw new StorageException(
          "SQLite library "
              + version
              + " can corrupt a database: use "
              + OLDEST_LIBRARY
              + " or newer (it comes with sqlite-jdbc)",
          StorageException.Outcome.REPAIR);
    }
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  /// The one connection that writes. Each commit is synced to the disk, unless
  /// [Connections#durability] says otherwise.
  Connection writer(List<String> pragmas) throws SQLException {
    SQLiteConfig config = config();
    config.setSynchronous(SynchronousMode.FULL);
    config.setCacheSize(-WRITER_CACHE_KIB);
    Connection connection = source(config).getConnection();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet version = statement.executeQuery("SELECT sqlite_version()")) {
        checkLibrary(version.getString(1));
      }
      statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
      for (String pragma : pragmas) {
        statement.execute(pragma);
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /// A connection that only reads.
  Connection reader() throws SQLException {
    SQLiteConfig config = config();
    config.setCacheSize(-READER_CACHE_KIB);
    Connection connection = source(config).getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA query_only = ON");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /// For migrations: as the writer, but opened and closed by others.
  SQLiteDataSource dataSource() {
    return source(config());
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setGetGeneratedKeys(false);
    return config;
  }

  private SQLiteDataSource source(SQLiteConfig config) {
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException ignored) {
      // The lock ends with the process at the latest.
    }
  }
}
