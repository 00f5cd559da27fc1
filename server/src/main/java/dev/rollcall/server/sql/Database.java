package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseFailures.Stage;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SharedClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// An open database. Read with [#read], write with a [GroupCommit].
///
/// Failures of the database are thrown as [StorageException], faults of a statement as Jdbi's
/// exceptions. No failure needs a restart: broken connections are closed and opened again.
public final class Database implements AutoCloseable {
  /// The tables of the database itself, for programs that repeat nothing by accident: with them, a
  /// transaction on PostgreSQL whose answer is lost is neither lost nor written twice.
  public static final List<String> MIGRATIONS = List.of(CertainCommits.MIGRATION);

  private final DatabaseLocation location;
  private final Dialect dialect;
  private final Connections readers;
  private final Connections writers;
  private final int mostWriters;
  private final Optional<SqliteFile> file;
  private final Optional<SqliteLog> log;
  private final DatabaseFailures failures;
  private final Availability availability;
  private final Readiness readiness;
  private final Reads reads;
  private final Transactions transactions;

  /// Set once, before anybody else has the database.
  private Optional<StandbyReads> standby = Optional.empty();

  private final Clock clock;
  private final Optional<DatabaseClock> serverClock;
  private final Claimant claimant;
  private final List<DueRows<?>> dueRows = new CopyOnWriteArrayList<>();

  private Database(Engine engine) {
    this.location = engine.location();
    this.dialect = engine.dialect();
    this.readers = engine.readers();
    this.writers = engine.writers();
    this.mostWriters = engine.mostWriters();
    this.file = engine.file();
    this.log = file.map(written -> new SqliteLog(written, writers, this::unsyncable));
    this.failures = new DatabaseFailures(location, dialect);
    this.clock = engine.clock();
    this.availability =
        new Availability(location, engine.opening(), this::startClock, this::writeLittle, clock);
    this.readiness = new Readiness(location, availability, readers, writers);
    this.reads = new Reads(failures, readers, readiness, clock);
    this.transactions = new Transactions(failures, writers);
    this.serverClock =
        engine.sharedClock().map(shared -> new DatabaseClock(shared, this::readEach));
    this.claimant = new Claimant(clock);
  }

  /// Loads the classes that every SQLite database needs, with a query in memory. This takes a
  /// quarter of a start, so run it on its own thread while other parts are read and opened.
  public static void load() {
    SqliteConnections memory = new SqliteConnections(1, SqliteFile::inMemory);
    try (Handle handle = memory.jdbi().open()) {
      handle.createQuery("SELECT :one").bind("one", 1).map((row, _) -> row.getInt(1)).one();
    } finally {
      memory.close();
    }
  }

  /// Opens the database and updates its tables.
  ///
  /// @throws StorageException in one line: not reachable, not writable, in use by another Rollcall,
  ///   or written by a newer one
  public static Database open(DatabaseConfig config, Clock clock) {
    return open(config, clock, List.of());
  }

  /// @param pragmas further settings of the connection that writes to SQLite
  static Database open(DatabaseConfig config, Clock clock, List<String> pragmas) {
    Database database = unopened(config, clock, pragmas);
    try {
      database.availability.open();
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// The same, but it also returns if the database is slow, unavailable or full. Then [#trouble]
  /// contains the reason, each use fails as if the database had become unavailable later, and it is
  /// opened as soon as possible.
  ///
  /// @param refused is told what does not end by itself if the database says so after this has
  ///   returned, and before it was open; perhaps several times
  /// @throws StorageException in one line, for what does not end by itself: a wrong password, a
  ///   database that does not exist, a file that is in use by another Rollcall
  public static Database openOrWait(
      DatabaseConfig config, Clock clock, Consumer<StorageException> refused) {
    Database database = unopened(config, clock, List.of());
    try {
      database.availability.openOrWait(refused);
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static Database unopened(DatabaseConfig config, Clock clock, List<String> pragmas) {
    Database database = new Database(Engine.of(config, clock, pragmas));
    database.standby =
        config
            .standby()
            .map(
                named -> new StandbyReads(named, config.readers(), database::read, Clock.system()));
    return database;
  }

  /// Before anybody reads or writes.
  private void startClock() {
    serverClock.ifPresent(
        server -> {
          try (Handle handle = failures.open(readers)) {
            server.start(handle);
          } catch (JdbiException e) {
            throw failures.of(e, Stage.WORK);
          }
        });
  }

  private void readEach(Consumer<Handle> read) {
    boolean _ =
        read(
            handle -> {
              read.accept(handle);
              return true;
            });
  }

  /// Opens a file with its own schema, and creates it if it is missing.
  ///
  /// @throws StorageException in one line: not writable, or damaged
  public static Database open(PlainFile plain, Clock clock) {
    Database database = new Database(Engine.of(plain, clock));
    try {
      database.availability.open();
      database.write(tx -> plain.schema().forEach(tx::execute), Durability.POWER);
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /// Opens a SQLite file that is no longer written, for one read at a time.
  public static Database openReadOnly(Path file, Clock clock) {
    Database database = new Database(Engine.readOnly(file, clock));
    database.availability.open();
    return database;
  }

  /// Copies the present state of a SQLite database into a new file. Writes continue meanwhile. The
  /// copy has no log.
  ///
  /// Source: [SQLite's online backup](https://sqlite.org/backup.html), of all pages in one step
  /// inside of a transaction, so that no write can make it start again.
  ///
  /// @throws StorageException if either file fails
  public void copyTo(Path copy) {
    read(
        handle -> {
          handle.useTransaction(tx -> SqliteFile.backup(tx.getConnection(), copy));
          return copy;
        });
  }

  /// Closes the database, and leaves one file without a log, which can be read even if its folder
  /// is read-only.
  ///
  /// @throws StorageException if the log stays; the database is closed nevertheless
  public void closePlain() {
    readers.close();
    log.ifPresent(SqliteLog::close);
    try (Handle handle = failures.open(writers)) {
      SystemThreads.run(() -> SqliteFile.plain(handle.getConnection()));
    } catch (RuntimeException e) {
      throw failures.of(e, Stage.WORK);
    } finally {
      writers.close();
      file.ifPresent(SqliteFile::close);
    }
  }

  /// Makes one plain file, as [#closePlain] does, of a SQLite file with a log or a journal that is
  /// not open in this process.
  ///
  /// @throws StorageException if the file stays as it is; its content is as safe as before
  public static void fold(Path file) {
    try {
      SystemThreads.run(() -> SqliteFile.fold(file));
    } catch (UnableToExecuteStatementException e) {
      throw new StorageException(
          "database " + file + ": " + new Dialect.Sqlite().diagnose(e).words(),
          StorageException.Outcome.RETRY,
          e);
    }
  }

  /// Where the data is; its text contains no password.
  public DatabaseLocation location() {
    return location;
  }

  /// The clock that counts for everybody who uses this database: that of PostgreSQL, from before
  /// anything can be read or written; with SQLite that of this machine.
  public Clock clock() {
    return clock;
  }

  /// The same, if it is that of a server.
  public Optional<SharedClock> sharedClock() {
    return serverClock.map(DatabaseClock::clock);
  }

  /// Reads with one of the connections for reading. Each statement sees what was committed before
  /// it; several that need the same view open a transaction on the handle. If the connection is
  /// broken, it runs once more on another one. Do not read inside a read: it needs a second
  /// connection, which may not be free.
  ///
  /// @throws StorageException if the database fails; at once, if a server is known to be out of
  ///   reach
  public <T> T read(Function<Handle, T> read) {
    return reads.read(read);
  }

  /// Reads what may be a few seconds old, such as old ticks for a list or a chart: from the standby
  /// if there is one and it is at most five seconds behind, otherwise as [#read] does. Not for what
  /// somebody has just written and looks at, or what is decided by it.
  ///
  /// @throws StorageException if the database fails
  public <T> T readStale(Function<Handle, T> read) {
    return standby.flatMap(near -> near.read(read)).orElseGet(() -> read(read));
  }

  /// What is known of the standby; empty if none is named.
  public Optional<StandbyState> standby() {
    return standby.map(near -> new StandbyState(near.lag(), near.served(), near.refused()));
  }

  /// Why writing fails at present; empty if the last write succeeded. It returns at once. If the
  /// last attempt is at least a second old, the smallest possible write is tried in the background,
  /// so that the end of the problem is noticed even if nobody writes.
  ///
  /// The same if commits wait for a standby: from about three seconds on, until they do not. Writes
  /// are refused meanwhile, since each would only wait too, and leave a session behind.
  public Optional<String> trouble() {
    return readiness.trouble();
  }

  /// That commits wait for a standby, and what to do: a part of [#trouble]. Unlike the rest of it,
  /// this is known of the present, also if nobody has tried to write.
  public Optional<String> waitingCommits() {
    return readiness.waitingCommits();
  }

  /// For reads that nobody needs while the database is in trouble, such as those of metrics.
  ///
  /// @throws StorageException at once, if there is [#trouble]
  public void requireAvailable() {
    readiness.requireAvailable();
  }

  /// For whoever has to say at once that the database is away. Each [#read] asks this first; pages
  /// that are in memory, and writes that somebody else can repeat, ask it themselves. Unlike
  /// [#requireAvailable], it lets through reads of a database that is full.
  ///
  /// @throws StorageException at once, if a server is known to be out of reach
  public void requireReachable() {
    readiness.requireReachable();
  }

  /// Whether a [#read] is tried at present, and not refused at once.
  public boolean takesReads() {
    return readiness.takesReads();
  }

  /// Writes as little as possible, and syncs it and everything before it.
  private void writeLittle() {
    try {
      write(tx -> tx.execute(dialect.smallestWrite()), Durability.POWER);
    } catch (StorageException noted) {
      // The reason is in `trouble`; a second later it is tried again.
    }
  }

  /// Whether there are commits that would be lost with the power.
  boolean unsynced() {
    return log.map(SqliteLog::unsynced).orElse(false);
  }

  /// A sync outside of a connection failed: the writing connection is treated as if its own sync
  /// had failed.
  void unsyncable(SQLException failure) {
    try {
      write(
          tx -> {
            throw new UnableToExecuteStatementException(failure, null);
          },
          Durability.POWER);
    } catch (StorageException noted) {
      // The reason is in `trouble`.
    }
  }

  /// Runs `work` in one transaction and commits it with that durability. After a conflict with
  /// another transaction, or once after another failure that may pass, it runs again: so `work`
  /// must change nothing outside of the transaction.
  ///
  /// @throws StorageException if the database fails
  /// @throws RuntimeException as thrown by `work`; nothing was written
  void write(Consumer<Handle> work, Durability durability) {
    readiness.requireWrites();
    Duration began = clock.monotonic();
    Optional<StorageException> failure = transactions.write(work, durability);
    if (failure.isPresent()) {
      throw readiness.unwritten(failure.get(), began);
    }
    log.ifPresent(written -> written.committed(durability));
    availability.works(began);
  }

  /// How this process claims the rows of all its [DueRows].
  public Claimant claimant() {
    return claimant;
  }

  /// The rows of all tables that processes share.
  public List<DueRows<?>> dueRows() {
    return dueRows;
  }

  void shares(DueRows<?> rows) {
    dueRows.add(rows);
  }

  /// Ends a query, in a transaction, of rows that the transaction will change: it locks them. Empty
  /// if there is only one writer anyway.
  public String locked() {
    return dialect.locked();
  }

  /// Lets one transaction after the other go on, in the order in which they asked for the same
  /// `name`, until their commits; those of other processes too. A row that everybody locks would
  /// not do: whoever waits for it sees it locked anew again and again if others write it all the
  /// time.
  public void takeTurns(Handle tx, String name) {
    dialect.takeTurn(tx, name);
  }

  /// The same, without waiting.
  ///
  /// @return false if it is somebody else's turn
  public boolean takeFreeTurn(Handle tx, String name) {
    return dialect.takeFreeTurn(tx, name);
  }

  Dialect dialect() {
    return dialect;
  }

  int mostWriters() {
    return mostWriters;
  }

  /// Closes the connections when they are no longer in use, and releases the file.
  @Override
  public void close() {
    serverClock.ifPresent(DatabaseClock::close);
    standby.ifPresent(StandbyReads::close);
    readers.close();
    log.ifPresent(SqliteLog::close);
    writers.close();
    file.ifPresent(SqliteFile::close);
  }
}
