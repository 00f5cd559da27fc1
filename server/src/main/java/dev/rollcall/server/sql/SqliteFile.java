package dev.rollcall.server.sql;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;
import org.sqlite.core.DB;

/// A SQLite file that belongs to this process alone, as long as it is open: a lock on `<file>.lock`
/// keeps a second Rollcall out. Other programs may read it.
final class SqliteFile implements AutoCloseable {
  /// The first without the bug that could corrupt a database while its log was being reset.
  private static final String OLDEST_LIBRARY = "3.51.3";

  private static final int WRITER_CACHE_KIB = 16 * 1024;
  private static final int READER_CACHE_KIB = 4 * 1024;
  private static final int KEEPER_CACHE_KIB = 64;

  /// The log is written into the database beside the writer ([SqliteLog]); when it is so long all
  /// the same, by the writer itself.
  private static final int CHECKPOINT_PAGES = 30_000;

  private static final int BUSY_MILLIS = 5_000;

  /// Whoever reads an old file may take long: it is tried again rather than waited for.
  private static final int FOLD_MILLIS = 250;

  private static final System.Logger LOG = System.getLogger(SqliteFile.class.getName());
  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;
  private FileLock fileLock = FileLock.none();
  private @Nullable FileChannel database;

  SqliteFile(Path file) {
    this.file = file;
  }

  /// Takes the file, and makes it and its directory, for this user alone, where they are missing.
  /// To be called again where it failed.
  ///
  /// @throws StorageException in one line that names the file
  synchronized void take() {
    fileLock.close();
    fileLock = FileLock.on(Path.of(file + ".lock"), "database " + file);
    make();
    closeToOthers();
  }

  /// There may be secrets in it, and in its log.
  private void closeToOthers() {
    for (String ending : List.of("", "-wal", "-shm", "-journal")) {
      Path each = Path.of(file + ending);
      try {
        PosixFileAttributeView view =
            Files.getFileAttributeView(
                each, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view != null
            && Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS)
            && !OWNER.containsAll(view.readAttributes().permissions())) {
          view.setPermissions(OWNER);
          LOG.log(
              Level.WARNING,
              "{0} was readable by other users, its permissions were corrected",
              each);
        }
      } catch (IOException e) {
        LOG.log(
            Level.WARNING,
            "{0} is readable by other users: run chmod 600 on it ({1})",
            each,
            FileProblems.of(e));
      }
    }
  }

  /// Makes the file where it is missing; it lies inside a folder that this process has claimed.
  ///
  /// @throws StorageException in one line that names the file
  void make() {
    try {
      if (Files.isSymbolicLink(file)) {
        throw FileLock.link("database " + file);
      }
      if (Files.notExists(file)) {
        Files.createFile(file, FileLock.only(file, "rw-------"));
      }
      if (!Files.isRegularFile(file)) {
        throw new FileSystemException(file.toString(), null, "it is no file");
      }
      if (!Files.isReadable(file) || !Files.isWritable(file)) {
        throw new AccessDeniedException(file.toString());
      }
    } catch (IOException e) {
      throw FileLock.notWritable("database " + file, file, e);
    }
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
  ///
  /// @param pragmas further settings, made before the log is, so that the size of pages may be
  ///   among them
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
      statement.execute("PRAGMA journal_mode = WAL");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /// A connection that only reads.
  Connection reader() throws SQLException {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
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

  /// A connection that writes what is in the log into the database, and nothing else.
  Connection keeper() throws SQLException {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
    config.setCacheSize(-KEEPER_CACHE_KIB);
    return source(config).getConnection();
  }

  /// A connection to a file that nobody writes any more: it leaves nothing beside the file, and
  /// takes its journal as it is.
  static Connection readOnly(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-READER_CACHE_KIB);
    return source(file, config).getConnection();
  }

  /// Makes one plain file of one that has a log or a journal beside it, as a kill leaves it, or a
  /// reader of another program who held it when it was closed.
  static void fold(Path file) {
    try (Connection connection = source(file, config()).getConnection()) {
      plain(connection);
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  /// From now on without a log; a journal that a kill left is rolled back before.
  static void plain(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + FOLD_MILLIS);
      try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode = DELETE")) {
        if (!mode.next() || !mode.getString(1).equals("delete")) {
          throw new SQLiteException("another program reads it", SQLiteErrorCode.SQLITE_BUSY);
        }
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  /// For migrations: as the writer, but opened and closed by others.
  SQLiteDataSource dataSource() {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
    return source(config);
  }

  /// A connection to a database that is nowhere.
  static Connection inMemory() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource(config());
    source.setUrl("jdbc:sqlite::memory:");
    return source.getConnection();
  }

  /// How long the log's file is, in bytes.
  long logLength() {
    return Path.of(file + "-wal").toFile().length();
  }

  /// Syncs what was committed without a sync, beside whoever writes. SQLite locks nothing in its
  /// log, so that closing the log here takes none of its locks away.
  void syncLog() throws IOException {
    try (FileChannel log =
        FileChannel.open(
            Path.of(file + "-wal"), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      log.force(true);
    } catch (NoSuchFileException e) {
      // It went into the database, which SQLite has synced.
    }
  }

  /// Syncs the database itself, beside whoever writes. Its file stays open as long as this does: to
  /// close it takes away the locks that SQLite holds on it, as POSIX has it.
  synchronized void syncDatabase() throws IOException {
    FileChannel open = database;
    if (open == null) {
      open = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      database = open;
    }
    open.force(true);
  }

  /// The whole of a connection's database, as its transaction sees it, into a file of its own.
  static void backup(Connection connection, Path copy) {
    try {
      Files.createFile(copy, FileLock.only(copy, "rw-------")); // through no link
    } catch (IOException e) {
      throw FileLock.notWritable("copy " + copy, copy, e);
    }
    try {
      try (Statement statement = connection.createStatement()) {
        // A transaction sees what there was when it first read.
        statement.execute("SELECT count(*) FROM sqlite_schema");
      }
      DB database = connection.unwrap(SQLiteConnection.class).getDatabase();
      int code = database.backup("main", copy.toString(), (left, all) -> {}, 0, 0, -1);
      if (code != SQLiteErrorCode.SQLITE_OK.code) {
        throw DB.newSQLException(code, "the copy could not be written");
      }
      try (Connection written = source(copy, new SQLiteConfig()).getConnection();
          Statement statement = written.createStatement()) {
        statement.execute("PRAGMA journal_mode = DELETE");
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    // A file that went missing is not made anew without its tables.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // The driver keeps threads out of each other's way already, a connection at a time.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setGetGeneratedKeys(false);
    return config;
  }

  /// What the driver and SQLite take for exactly that file, whatever is in its name: in a plain
  /// path the driver takes all after a `?` for settings.
  ///
  /// Source: [SQLite's URIs](https://sqlite.org/uri.html).
  private static String url(Path file) {
    return "jdbc:sqlite:file:" + file.toAbsolutePath().toUri().getRawPath();
  }

  private SQLiteDataSource source(SQLiteConfig config) {
    return source(file, config);
  }

  private static SQLiteDataSource source(Path file, SQLiteConfig config) {
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(url(file));
    return source;
  }

  /// To be called when all its connections are closed.
  @Override
  public synchronized void close() {
    try {
      if (database != null) {
        database.close();
      }
    } catch (IOException e) {
      // There is nothing in it that is not written.
    } finally {
      fileLock.close();
    }
  }
}
