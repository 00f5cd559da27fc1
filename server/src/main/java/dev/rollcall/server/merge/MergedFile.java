package dev.rollcall.server.merge;

import dev.rollcall.server.resultschema.ResultTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.IntConsumer;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// The output file.
///
/// It has a rollback journal instead of a log: so it is a single file while nobody writes, and
/// after a kill its previous state remains.
final class MergedFile implements AutoCloseable {
  private static final int APPLICATION_AT = 68;
  private static final int CACHE_KIB = 128 * 1024;
  private static final int BUSY_MILLIS = 10_000;

  private final Path file;
  private final Sql sql;

  private MergedFile(Path file, Sql sql) {
    this.file = file;
    this.sql = sql;
  }

  /// Opens the file. Creates it if it is missing or empty.
  ///
  /// @throws CannotMerge if it belongs to another program
  static MergedFile open(Path file) throws SQLException {
    boolean fresh = isFresh(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.DELETE);
    config.setSynchronous(SynchronousMode.FULL);
    config.setCacheSize(-CACHE_KIB);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    Connection connection = config.createConnection("jdbc:sqlite:" + SourceFile.name(file));
    Sql sql = new Sql(connection);
    try {
      sql.execute("BEGIN IMMEDIATE");
      long application = sql.number("PRAGMA main.application_id");
      if (application != Tables.APPLICATION) {
        if (!fresh && sql.number("SELECT COUNT(*) FROM main.sqlite_schema") > 0) {
          throw foreign(file);
        }
        for (String statement : Tables.SCHEMA) {
          sql.execute(statement);
        }
      }
      sql.execute("COMMIT");
      return new MergedFile(file, sql);
    } catch (SQLException | RuntimeException e) {
      sql.close();
      throw e;
    }
  }

  /// Reads the header without opening it as a database, since opening may change a file of another
  /// program.
  private static boolean isFresh(Path file) {
    try {
      if (Files.notExists(file) || Files.size(file) == 0) {
        return true;
      }
      ByteBuffer head = ByteBuffer.allocate(APPLICATION_AT + Integer.BYTES);
      try (FileChannel channel = FileChannel.open(file)) {
        while (head.hasRemaining() && channel.read(head) >= 0) {}
      }
      boolean unfinished = Files.exists(Path.of(file + "-journal")); // left by a killed merge
      if (!unfinished
          && (head.hasRemaining() || head.getInt(APPLICATION_AT) != Tables.APPLICATION)) {
        throw foreign(file);
      }
      return false;
    } catch (IOException e) {
      throw new CannotMerge(file + ": cannot be read: name a file that can be written", e);
    }
  }

  private static CannotMerge foreign(Path file) {
    return new CannotMerge(
        file + ": exists and was not created by a merge: name a new file for the result");
  }

  /// Adds what is new in a file, in one transaction.
  ///
  /// @return the number of new results
  /// @throws SkippedFile if the file cannot be merged: nothing of it was added
  /// @throws SQLException if the output file cannot be written
  long add(Path input, IntConsumer percent) throws SkippedFile, SQLException {
    if (!Files.isRegularFile(input)) {
      throw new SkippedFile(Files.exists(input) ? "is no file" : "there is no such file");
    }
    SourceFile sourceFile = SourceFile.of(input);
    attach(sourceFile);
    try {
      readSchema();
      sql.execute("BEGIN IMMEDIATE");
      boolean done = false;
      try {
        long added = new FileMerge(sql, input, percent).join();
        sourceFile.check();
        sql.execute("COMMIT");
        done = true;
        return added;
      } finally {
        if (!done) {
          sql.rollback();
        }
      }
    } catch (SQLException e) {
      throw fileAtFault(e);
    } finally {
      sql.execute("DETACH source");
    }
  }

  /// Creates missing indexes, in one transaction.
  void index() throws SQLException {
    sql.execute("BEGIN IMMEDIATE");
    for (String index : ResultTable.INDEXES) {
      sql.execute(index);
    }
    sql.execute("COMMIT");
  }

  private void attach(SourceFile sourceFile) throws SkippedFile {
    try {
      sql.attach(sourceFile.uri());
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private static SkippedFile unreadable(SQLException e) {
    return code(e) == SQLiteErrorCode.SQLITE_READONLY_ROLLBACK
        ? new SkippedFile(
            "was left in the middle of a change by a program that was killed: start the collector"
                + " of its folder, or open it with sqlite3 once",
            e)
        : new SkippedFile("cannot be read: " + Merge.words(e), e);
  }

  /// The first read of the source: if it fails, the source cannot be opened or is in use.
  private void readSchema() throws SkippedFile, SQLException {
    try {
      sql.number("SELECT COUNT(*) FROM source.sqlite_schema");
    } catch (SQLException e) {
      switch (code(e).code & 0xff) {
        case 5, 6, 8, 10, 14 -> throw unreadable(e);
        default -> throw e;
      }
    }
  }

  private static SQLiteErrorCode code(SQLException e) {
    return e instanceof SQLiteException sqlite
        ? sqlite.getResultCode()
        : SQLiteErrorCode.SQLITE_ERROR;
  }

  /// Decides which file an error belongs to: the source, unless the output file has no space or is
  /// damaged.
  private SkippedFile fileAtFault(SQLException e) throws SQLException {
    SQLiteErrorCode code = code(e);
    return switch (code) {
      case SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ ->
          new SkippedFile("cannot be read: " + Merge.words(e), e);
      default ->
          switch (code.code & 0xff) {
            case 5, 6, 8, 10, 13, 14 -> throw CannotMerge.of(file, e);
            case 11 -> {
              if (!sql.text("PRAGMA main.quick_check(1)").equals("ok")) {
                throw new CannotMerge(file + ": is damaged: name another file for the result", e);
              }
              yield new SkippedFile("is damaged: " + Merge.words(e), e);
            }
            case 19 -> new SkippedFile("is damaged: a row refers to a missing row", e);
            case 26 -> new SkippedFile("is no SQLite database", e);
            default -> new SkippedFile("is no file of a collector: " + Merge.words(e), e);
          };
    };
  }

  @Override
  public void close() throws SQLException {
    sql.close();
  }
}
