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

/// A SQLite file that only this process may open for writing: a lock on `<file>.lock` prevents a
/// second Rollcall. Other programs may read it.
final class SqliteFile implements AutoCloseable {
  /// The first version without a bug that could corrupt a database while its log is reset.
  private static final String OLDEST_LIBRARY = "3.51.3";

  private static final int WRITER_CACHE_KIB = 16 * 1024;
  private static final int READER_CACHE_KIB = 4 * 1024;
  private static final int KEEPER_CACHE_KIB = 64;

  /// [SqliteLog] writes the log into the database, in parallel with the writer. If the log still
  /// grows to this number of pages, the writer does it.
  private static final int CHECKPOINT_PAGES = 30_000;

  private static final int BUSY_MILLIS = 5_000;

  /// Another program may read an old file for long: it is tried again later instead of waiting.
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

  /// Locks the file. Creates it and its folder, accessible to this user only, if they are missing.
  /// It may be called again after a failure.
  ///
  /// @throws StorageException in one line with the file
  synchronized void take() {
    fileLock.close();
    fileLock = FileLock.on(Path.of(file + ".lock"), "database " + file);
    make();
    removeOtherAccess();
  }

  /// Removes access by others: the file and its log may contain secrets.
  private void removeOtherAccess() {
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

  /// Creates the file if it is missing. Its folder is locked by this process.
  ///
  /// @throws StorageException in one line with the file
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

  /// Rejects SQLite libraries that are known to lose data.
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

  /// The only connection that writes. Each commit is synced to the disk, unless
  /// [Connections#durability] sets something else.
  ///
  /// @param pragmas further settings. They are set before the log is created, so they may contain
  ///   the size of pages
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

  /// A connection for reading only.
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

  /// A connection that only writes the log into the database.
  Connection keeper() throws SQLException {
    SQLiteConfig config = config();
    config.setJournalMode(JournalMode.WAL);
    config.setCacheSize(-KEEPER_CACHE_KIB);
    return source(config).getConnection();
  }

  /// A connection to a file that is no longer written. It creates no files, and does not change the
  /// journal mode.
  static Connection readOnly(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setCacheSize(-READER_CACHE_KIB);
    return source(file, config).getConnection();
  }

  /// Makes one plain file of a file with a log or a journal. These are left by a kill, or if
  /// another program was reading the file when it was closed.
  static void fold(Path file) {
    try (Connection connection = source(file, config()).getConnection()) {
      plain(connection);
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException(e, null);
    }
  }

  /// Removes the log. A journal left by a kill is rolled back before.
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

  /// For migrations: as the writer, but its connections are opened and closed by others. They do
  /// not enforce foreign keys: a script that replaces a table would delete the rows that refer to
  /// it.
  SQLiteDataSource dataSource() {
    SQLiteConfig config = config();
    config.enforceForeignKeys(false);
    config.setJournalMode(JournalMode.WAL);
    return source(config);
  }

  /// A connection to a database in memory.
  static Connection inMemory() throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource(config());
    source.setUrl("jdbc:sqlite::memory:");
    return source.getConnection();
  }

  /// The length of the file of the log, in bytes.
  long logLength() {
    return Path.of(file + "-wal").toFile().length();
  }

  /// Syncs what was committed without a sync, in parallel with the writer. SQLite has no locks on
  /// its log, so closing the file here removes none.
  void syncLog() throws IOException {
    try (FileChannel log =
        FileChannel.open(
            Path.of(file + "-wal"), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      log.force(true);
    } catch (NoSuchFileException e) {
      // SQLite has moved the log into the database and synced that.
    }
  }

  /// Syncs the database itself, in parallel with the writer. Its file stays open until [#close]:
  /// closing it would remove the locks that SQLite has on it (a rule of POSIX).
  synchronized void syncDatabase() throws IOException {
    FileChannel open = database;
    if (open == null) {
      open = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      database = open;
    }
    open.force(true);
  }

  /// Copies the whole database of a connection, as its transaction sees it, into a new file.
  static void backup(Connection connection, Path copy) {
    try {
      Files.createFile(copy, FileLock.only(copy, "rw-------")); // does not follow a link
    } catch (IOException e) {
      throw FileLock.notWritable("copy " + copy, copy, e);
    }
    try {
      try (Statement statement = connection.createStatement()) {
        // A transaction sees the state at its first read.
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
    // A missing file must not be created again without its tables.
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    // The driver already uses a connection on one thread at a time.
    config.setOpenMode(SQLiteOpenMode.NOMUTEX);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setGetGeneratedKeys(false);
    return config;
  }

  /// The URL of exactly that file, whatever characters its name contains. In a plain path, the
  /// driver takes everything after a `?` as settings.
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

  /// To be called after all its connections are closed.
  @Override
  public synchronized void close() {
    try {
      if (database != null) {
        database.close();
      }
    } catch (IOException e) {
      // Everything in it is written.
    } finally {
      fileLock.close();
    }
  }
}
