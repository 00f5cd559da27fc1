package dev.rollcall.server.sql;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.sqlite.SQLiteException;

/// The differences between the database engines; all other SQL is the same for both.
sealed interface Dialect {
  /// What a failure means for the database.
  enum Fault {
    /// Nothing: the statement is wrong.
    STATEMENT,
    /// The transaction conflicted with another one, was rolled back, and can run again.
    CONFLICT,
    /// A problem that may end by itself: full, busy, not reachable.
    PASSING,
    /// A problem that lasts until somebody solves it.
    LASTING,
    /// The connection is lost, and with it the answer.
    LOST
  }

  /// The placeholders of migrations, `${name}`, for what differs.
  Map<String, String> placeholders();

  /// Whether the script of that name is for this engine. One in `db/sqlite` or `db/postgres` is for
  /// that engine only.
  boolean runs(String script);

  /// Ends a query of rows to claim, so that two claims never wait for each other.
  String skipLocked();

  /// Ends a query of rows that the same transaction will change: it locks them.
  String locked();

  /// As [Database#takeTurns].
  void takeTurn(Handle tx, String name);

  /// As [Database#takeFreeTurn].
  boolean takeFreeTurn(Handle tx, String name);

  /// Whether an interrupt of the writing thread would break its connection.
  boolean interruptible();

  /// Whether a statement blocks its thread, and the carrier of a virtual thread.
  boolean holdsThread();

  /// Runs work on another thread if it would block the carrier of virtual threads.
  default <T> T onFreeThread(Supplier<T> work) {
    return holdsThread() ? SystemThreads.call(work) : work.get();
  }

  /// The smallest statement that writes.
  String smallestWrite();

  /// What `failure` means for the database.
  Fault fault(SQLException failure);

  /// Finds the failure of the database among the causes of `failure`; otherwise the statement is
  /// wrong.
  default Diagnosis diagnose(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && fault(sql) != Fault.STATEMENT) {
        return new Diagnosis(fault(sql), reason(innermost(sql)));
      }
    }
    return new Diagnosis(Fault.STATEMENT, "");
  }

  /// What people are told of a failure that has no other failure of SQL as its cause.
  default String reason(SQLException failure) {
    return words(failure);
  }

  static String words(SQLException failure) {
    return String.valueOf(innermost(failure).getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static SQLException innermost(SQLException failure) {
    SQLException cause = failure;
    while (cause.getCause() instanceof SQLException inner) {
      cause = inner;
    }
    return cause;
  }

  /// Whether a server could not be reached, or was starting or stopping. That a pool had no
  /// connection to give is none of these.
  static boolean unreached(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /// CORRUPT and NOTADB of SQLite.
  static boolean damaged(SQLException failure) {
    int code = code(failure);
    return code == 11 || code == 26;
  }

  /// The primary code of SQLite, which is the low byte of an extended one; 0 for a failure of
  /// something else. Source: https://sqlite.org/rescode.html
  private static int code(SQLException failure) {
    return failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
  }

  /// What a failure means for the database.
  ///
  /// @param words one line for people; empty if the statement is wrong
  record Diagnosis(Fault fault, String words) {}

  /// One file, one process, one writer.
  record Sqlite() implements Dialect {
    private static final int FULL = 13;

    @Override
    public Map<String, String> placeholders() {
      return Map.of(
          "identity", "INTEGER PRIMARY KEY AUTOINCREMENT",
          "rowid", "INTEGER PRIMARY KEY",
          "blob", "BLOB",
          "without_rowid", "WITHOUT ROWID",
          "partitioned_by_at", "WITHOUT ROWID");
    }

    @Override
    public boolean runs(String script) {
      return !script.startsWith("db/postgres/");
    }

    @Override
    public String skipLocked() {
      return "";
    }

    @Override
    public String locked() {
      return "";
    }

    @Override
    public void takeTurn(Handle tx, String name) {} // there is one writer

    @Override
    public boolean takeFreeTurn(Handle tx, String name) {
      return true;
    }

    @Override
    public boolean interruptible() {
      return false;
    }

    @Override
    public boolean holdsThread() {
      return true;
    }

    @Override
    public String smallestWrite() {
      return "PRAGMA user_version = 0";
    }

    @Override
    public String reason(SQLException failure) {
      return code(failure) == FULL ? "the disk is full" : words(failure);
    }

    @Override
    public Fault fault(SQLException failure) {
      if (!(failure instanceof SQLiteException)) {
        return Fault.STATEMENT;
      }
      return switch (code(failure)) {
        // BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL
        case 5, 6, 7, 9, 10, 13, 14, 15 -> Fault.PASSING;
        // PERM, READONLY, CORRUPT, NOLFS, NOTADB
        case 3, 8, 11, 22, 26 -> Fault.LASTING;
        default -> Fault.STATEMENT;
      };
    }
  }

  /// A server that several processes share.
  record Postgres() implements Dialect {
    private static final String CLOSED = "the server closed the connection, or does not answer";

    @Override
    public Map<String, String> placeholders() {
      return Map.of(
          "identity", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
          "rowid", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
          "blob", "BYTEA",
          "without_rowid", "",
          "partitioned_by_at", "PARTITION BY RANGE (at)");
    }

    @Override
    public boolean runs(String script) {
      return !script.startsWith("db/sqlite/");
    }

    @Override
    public String skipLocked() {
      return " FOR UPDATE SKIP LOCKED";
    }

    @Override
    public String locked() {
      return " FOR UPDATE";
    }

    @Override
    public void takeTurn(Handle tx, String name) {
      tx.createQuery("SELECT pg_advisory_xact_lock(hashtext(:name))")
          .bind("name", name)
          .map((_, _) -> 0)
          .list();
    }

    @Override
    public boolean takeFreeTurn(Handle tx, String name) {
      return tx.createQuery("SELECT pg_try_advisory_xact_lock(hashtext(:name))")
          .bind("name", name)
          .mapTo(Boolean.class)
          .one();
    }

    @Override
    public boolean interruptible() {
      return true; // it closes the socket that a virtual thread reads from
    }

    @Override
    public boolean holdsThread() {
      return false;
    }

    @Override
    public String smallestWrite() {
      return "SELECT pg_current_xact_id()";
    }

    /// The driver and the pool speak of themselves, or of a place in a statement.
    @Override
    public String reason(SQLException failure) {
      if (failure instanceof SQLTransientConnectionException) {
        return "no connection in time: all are in use, or the server does not answer";
      }
      return switch (String.valueOf(failure.getSQLState())) {
        case "57014" -> "a statement took too long, and was canceled";
        case "08003" -> CLOSED;
        case "08006" -> failure.getCause() instanceof IOException ? CLOSED : words(failure);
        default -> words(failure);
      };
    }

    @Override
    public Fault fault(SQLException failure) {
      String state = failure.getSQLState();
      if (failure instanceof SQLTransientConnectionException) {
        return Fault.PASSING; // the pool could not give a connection in time
      }
      if (state == null || state.length() != 5) {
        return failure.getCause() instanceof IOException ? Fault.LOST : Fault.STATEMENT;
      }
      // https://www.postgresql.org/docs/current/errcodes-appendix.html
      return switch (state) {
        case "40001", "40P01" -> Fault.CONFLICT;
        // 25006: it was the primary, and is a standby now
        case "57P01", "57P02", "57P03", "57P05", "25P03", "40003", "25006" -> Fault.LOST;
        case "55P03", "57014" -> Fault.PASSING;
        case "3D000", "42501" -> Fault.LASTING;
        default ->
            switch (state.substring(0, 2)) {
              case "08" -> Fault.LOST;
              case "53", "58" -> Fault.PASSING;
              case "28", "XX" -> Fault.LASTING;
              default -> Fault.STATEMENT;
            };
      };
    }
  }
}
