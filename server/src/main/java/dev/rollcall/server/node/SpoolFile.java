package dev.rollcall.server.node;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.PlainFile;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The SQLite file of a [Spool]. Ids of batches consist of the id of the file and a number that is
/// never used again.
final class SpoolFile implements AutoCloseable {
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
  private final long mostBytes;
  private final String id;
  private final Batch<SpooledBatch, Boolean> noting = this::noteAll;
  private final Batch<Long, Boolean> delivering = this::deliverAll;
  private final Batch<Long, Boolean> refusing = this::refuseAll;

  /// The batch that is being sent: it is not pushed out.
  private volatile long underWay;

  private SpoolFile(Database database, long mostBytes) {
    this.database = database;
    this.commits = new GroupCommit(database);
    this.mostBytes = mostBytes;
    this.id = commits.write(this::identify, UUID.randomUUID().toString());
  }

  /// Opens it, and creates it if it is missing.
  ///
  /// @throws StorageException if it is not writable, or damaged
  static SpoolFile open(Path file, long mostBytes, Clock clock) {
    Database database = Database.open(new PlainFile(file, 2, SCHEMA, List.of()), clock);
    try {
      return new SpoolFile(database, mostBytes);
    } catch (RuntimeException e) {
      database.close();
      throw e;
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

  /// As [Spool#note].
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

  /// As [Spool#oldest].
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

  /// As [Spool#delivered].
  void delivered(SpooledBatch batch) {
    if (isOfThisFile(batch)) {
      commits.write(delivering, batch.number());
      underWay = 0;
    }
  }

  /// The numbers of another file name other batches here.
  private boolean isOfThisFile(SpooledBatch batch) {
    return batch.id().equals(id + "-" + batch.number());
  }

  private List<Boolean> deliverAll(Handle tx, List<Long> numbers) {
    return numbers.stream().map(number -> remove(tx, number)).toList();
  }

  /// As [Spool#refused].
  void refused(SpooledBatch batch) {
    if (isOfThisFile(batch)) {
      commits.write(refusing, batch.number());
      underWay = 0;
    }
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
  Spool.Content content() {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT (SELECT COUNT(*) FROM batch WHERE aside = 0) AS batches, bytes,"
                        + " dropped, refused FROM spool")
                .map(
                    (row, _) ->
                        new Spool.Content(
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
  }
}
