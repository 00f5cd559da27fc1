package dev.rollcall.server.node;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.FileLock;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.PlainFile;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The batches that wait for a collector, in a SQLite file.
///
/// A batch is durable when [#note] returns, and stays until it is delivered, put aside and pushed
/// out, or pushed out by newer ones: the oldest go first, and their results are counted. Ids of
/// batches consist of the id of the spool and a number that is never used again.
final class Spool implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Spool.class.getName());
  private static final String FILE = "spool.db";

  /// A row of its own for the sums, so that no write reads all batches.
  private static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE IF NOT EXISTS spool (id TEXT PRIMARY KEY, bytes INTEGER NOT NULL,"
              + " dropped INTEGER NOT NULL, refused INTEGER NOT NULL) WITHOUT ROWID",
          "CREATE TABLE IF NOT EXISTS batch (number INTEGER PRIMARY KEY AUTOINCREMENT,"
              + " results INTEGER NOT NULL, aside INTEGER NOT NULL DEFAULT 0, body BLOB NOT NULL)",
          "CREATE INDEX IF NOT EXISTS batch_waiting ON batch (number) WHERE aside = 0");

  private final Database database;
  private final GroupCommit commits;
  private final FileLock lock;
  private final long mostBytes;
  private final String id;
  private final Batch<SpooledBatch, Boolean> noting = this::noteAll;
  private final Batch<Long, Boolean> delivering = this::deliverAll;
  private final Batch<Long, Boolean> refusing = this::refuseAll;

  /// The batch that is being sent: it is not pushed out.
  private volatile long underWay;

  /// What is in the spool.
  ///
  /// @param batches how many wait, without those put aside
  /// @param bytes the size of all
  /// @param dropped results pushed out, since the spool was created
  /// @param refused results put aside, since the spool was created
  record Content(long batches, long bytes, long dropped, long refused) {
    static final Content NOTHING = new Content(0, 0, 0, 0);
  }

  private Spool(Database database, FileLock lock, long mostBytes) {
    this.database = database;
    this.commits = new GroupCommit(database);
    this.lock = lock;
    this.mostBytes = mostBytes;
    this.id = commits.write(this::identify, UUID.randomUUID().toString());
  }

  /// Opens the spool in a folder, which is created if it is missing. A damaged one is renamed to
  /// `*.corrupt`, and a new one begun.
  ///
  /// @param mostBytes the largest size of all batches
  /// @throws StorageException if another process uses it, or it is not writable
  static Spool open(Path folder, long mostBytes, Clock clock) {
    FileLock lock = FileLock.on(folder.resolve("spool.lock"), "spool " + folder);
    try {
      return open(folder.resolve(FILE), lock, mostBytes, clock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static Spool open(Path file, FileLock lock, long mostBytes, Clock clock) {
    try {
      return on(file, lock, mostBytes, clock);
    } catch (StorageException e) {
      if (!e.damaged()) {
        throw e;
      }
      LOG.log(
          Level.ERROR,
          "{0} is damaged and renamed to *.corrupt: what waited there is not sent ({1})",
          file,
          e.reason());
      putAside(file);
      return on(file, lock, mostBytes, clock);
    }
  }

  private static Spool on(Path file, FileLock lock, long mostBytes, Clock clock) {
    Database database = Database.open(new PlainFile(file, 2, SCHEMA, List.of()), clock);
    try {
      return new Spool(database, lock, mostBytes);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
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

  /// Has one row from now on.
  private List<String> identify(Handle tx, List<String> fresh) {
    tx.createUpdate(
            "INSERT INTO spool (id, bytes, dropped, refused)"
                + " SELECT :id, 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM spool)")
        .bind("id", fresh.getFirst())
        .execute();
    String kept = tx.createQuery("SELECT id FROM spool").mapTo(String.class).one();
    return fresh.stream().map(_ -> kept).toList();
  }

  /// Adds a batch, and pushes out the oldest if there is no room for it. Returns when that is
  /// durable.
  ///
  /// @param body as in [SpooledBatch]
  /// @throws StorageException if it cannot be written
  void note(byte[] body, int results) {
    commits.write(noting, new SpooledBatch(0, "", results, body)); // its number is given here
  }

  private List<Boolean> noteAll(Handle tx, List<SpooledBatch> batches) {
    return batches.stream().map(batch -> note(tx, batch)).toList();
  }

  private boolean note(Handle tx, SpooledBatch batch) {
    tx.createUpdate("INSERT INTO batch (results, body) VALUES (:results, :body)")
        .bind("results", batch.results())
        .bind("body", batch.body())
        .execute();
    tx.createUpdate("UPDATE spool SET bytes = bytes + :more")
        .bind("more", batch.body().length)
        .execute();
    boolean full = bytes(tx) > mostBytes;
    while (bytes(tx) > mostBytes && pushOut(tx)) {}
    return full;
  }

  private static long bytes(Handle handle) {
    return handle.createQuery("SELECT bytes FROM spool").mapTo(Long.class).one();
  }

  /// @return false if there is nothing that may go
  private boolean pushOut(Handle tx) {
    Optional<Long> oldest =
        tx.createQuery("SELECT number FROM batch WHERE number <> :under ORDER BY number LIMIT 1")
            .bind("under", underWay)
            .mapTo(Long.class)
            .findOne();
    oldest.ifPresent(
        number -> {
          tx.createUpdate(
                  "UPDATE spool SET dropped = dropped + (SELECT CASE aside WHEN 0 THEN results"
                      + " ELSE 0 END FROM batch WHERE number = :number)")
              .bind("number", number)
              .execute();
          remove(tx, number);
        });
    return oldest.isPresent();
  }

  private static boolean remove(Handle tx, long number) {
    tx.createUpdate(
            "UPDATE spool SET bytes = bytes"
                + " - COALESCE((SELECT LENGTH(body) FROM batch WHERE number = :number), 0)")
        .bind("number", number)
        .execute();
    return tx.createUpdate("DELETE FROM batch WHERE number = :number")
            .bind("number", number)
            .execute()
        > 0;
  }

  /// The batch that waits for longest. Until the next call, or [#delivered], it is not pushed out.
  Optional<SpooledBatch> oldest() {
    Optional<SpooledBatch> oldest =
        database.read(
            handle ->
                handle
                    .createQuery(
                        "SELECT number, results, body FROM batch WHERE aside = 0"
                            + " ORDER BY number LIMIT 1")
                    .map(
                        (row, _) ->
                            new SpooledBatch(
                                row.getLong("number"),
                                id + "-" + row.getLong("number"),
                                row.getInt("results"),
                                row.getBytes("body")))
                    .findOne());
    underWay = oldest.map(SpooledBatch::number).orElse(0L);
    return oldest;
  }

  /// Removes a batch that the collector has.
  void delivered(long number) {
    commits.write(delivering, number);
    underWay = 0;
  }

  private List<Boolean> deliverAll(Handle tx, List<Long> numbers) {
    return numbers.stream().map(number -> remove(tx, number)).toList();
  }

  /// Puts a batch aside that no collector takes. It is not sent again, and stays for somebody to
  /// look at until newer ones push it out.
  void refused(long number) {
    commits.write(refusing, number);
    underWay = 0;
  }

  private List<Boolean> refuseAll(Handle tx, List<Long> numbers) {
    return numbers.stream().map(number -> refuse(tx, number)).toList();
  }

  private static boolean refuse(Handle tx, long number) {
    tx.createUpdate(
            "UPDATE spool SET refused = refused + COALESCE((SELECT results FROM batch"
                + " WHERE number = :number AND aside = 0), 0)")
        .bind("number", number)
        .execute();
    return tx.createUpdate("UPDATE batch SET aside = 1 WHERE number = :number AND aside = 0")
            .bind("number", number)
            .execute()
        > 0;
  }

  /// What is in it now.
  Content content() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT (SELECT COUNT(*) FROM batch WHERE aside = 0) AS batches, bytes,"
                        + " dropped, refused FROM spool")
                .map(
                    (row, _) ->
                        new Content(
                            row.getLong("batches"),
                            row.getLong("bytes"),
                            row.getLong("dropped"),
                            row.getLong("refused")))
                .one());
  }

  /// Why nothing can be written at present.
  Optional<String> trouble() {
    return database.trouble();
  }

  @Override
  public void close() {
    commits.close();
    database.close();
    lock.close();
  }
}
