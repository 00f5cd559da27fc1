package dev.rollcall.server.signal;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/// The signals that have been written and not yet consumed.
///
/// A signal is consumed in a transaction of its own, soon after the commit of the change. The
/// steady state of the subjects writes none.
public final class Signals implements SignalWriter, AutoCloseable {
  /// The scripts of its table.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V13__signal.sql",
          "db/migration/V18__signal_owner.sql",
          "db/migration/V35__signal_answer.sql");

  private static final Logger LOG = System.getLogger(Signals.class.getName());

  /// How many signals one transaction consumes.
  static final int AT_ONCE = 500;

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private static final String INSERT =
      "INSERT INTO signal (subject_type, subject_id, subject_name, from_state, to_state, cause,"
          + " last_heard_at, began_at, at, owner_id, answer)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String SELECT =
      "SELECT id, subject_type, subject_id, subject_name, from_state, to_state, cause,"
          + " last_heard_at, began_at, at, owner_id, answer FROM signal ORDER BY id LIMIT ?";

  private static final String DELETE = "DELETE FROM signal WHERE id = ?";

  private static final String PENDING =
      "SELECT subject_type, subject_id FROM signal ORDER BY id LIMIT ?";

  /// More are there only for moments, after thousands have changed at once.
  private static final int MOST_PENDING = 5_000;

  private record Row(long id, Signal signal) {}

  /// The subject of a signal.
  private record Changing(int type, long id) {}

  private final Database database;
  private final GroupCommit commits;
  private final SignalConsumer consumer;
  private final Duration look;
  private final String select;
  private final Batch<Integer, Integer> consuming = this::consumeAll;
  private final BackgroundLoop loop =
      new BackgroundLoop(
          "signals", "what follows from changes of state", AFTER_FAILURE, this::round);
  private int atOnce = AT_ONCE;
  private volatile Runnable consumed = () -> {};

  /// @param consumer runs in the thread of [#start]
  public Signals(Database database, GroupCommit commits, SignalConsumer consumer) {
    this.database = database;
    this.commits = commits;
    this.consumer = consumer;
    // Another process waits here until these signals are deleted, and reads the next ones then.
    // Skipping locked rows would consume a later signal of a subject before an earlier one.
    this.select = SELECT + database.locked();
    this.look = database.location().lookEvery();
  }

  @Override
  public void write(Handle tx, List<Signal> signals) {
    if (signals.isEmpty()) {
      return;
    }
    Rows.write(tx, INSERT, signals, Signals::bind);
    tx.afterCommit(loop::wake);
  }

  /// Calls this after each transaction that consumed signals, in its thread.
  public void afterwards(Runnable consumed) {
    this.consumed = consumed;
  }

  /// The subjects of signals that are not consumed yet: those of the next [#MOST_PENDING] signals.
  public static Predicate<Subject> pending(Handle handle) {
    Set<Changing> found =
        Set.copyOf(
            Rows.read(
                handle,
                PENDING,
                MOST_PENDING,
                (row, most) -> row.setInt(1, most),
                row -> new Changing(row.getInt(1), row.getLong(2))));
    return subject -> found.contains(new Changing(subject.type().code(), subject.id()));
  }

  /// Starts to consume signals, including those that were written before.
  public void start() {
    loop.start();
  }

  private Duration round() {
    while (!isEmpty() && !loop.isClosing()) {
      try {
        commits.write(consuming, atOnce);
        atOnce = AT_ONCE;
        consumed.run();
      } catch (StorageException e) {
        throw e;
      } catch (RuntimeException e) {
        separate(e);
      }
    }
    return look;
  }

  /// One of the signals cannot be consumed. They are tried one by one, and the one that fails is
  /// deleted, so that it holds up no other.
  private void separate(RuntimeException failure) {
    if (atOnce > 1) {
      atOnce = 1;
      return;
    }
    Batch<Integer, String> dropping = (tx, ones) -> ones.stream().map(_ -> dropFirst(tx)).toList();
    String dropped = commits.write(dropping, 1);
    LOG.log(
        Level.ERROR,
        "no alert is sent for this change of state, because of a fault in Rollcall: "
            + dropped
            + "; look at it yourself, and report the error below",
        failure);
    atOnce = AT_ONCE;
  }

  private String dropFirst(Handle tx) {
    List<Row> rows = read(tx, 1);
    delete(tx, rows);
    return rows.stream()
        .map(row -> words(row.signal()))
        .findFirst()
        .orElse("it is no longer stored");
  }

  private static String words(Signal signal) {
    return "%s '%s' went from %s to %s"
        .formatted(
            Subject.Type.CODEC.word(signal.subject().type()),
            signal.subject().name(),
            signal.from(),
            signal.to());
  }

  private boolean isEmpty() {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT id FROM signal LIMIT 1")
                .mapTo(Long.class)
                .findOne()
                .isEmpty());
  }

  private List<Integer> consumeAll(Handle tx, List<Integer> limits) {
    return limits.stream().map(limit -> consume(tx, limit)).toList();
  }

  private int consume(Handle tx, int limit) {
    List<Row> rows = read(tx, limit);
    if (!rows.isEmpty()) {
      consumer.consume(tx, rows.stream().map(Row::signal).toList());
      delete(tx, rows);
    }
    return rows.size();
  }

  private List<Row> read(Handle tx, int limit) {
    return Rows.read(tx, select, limit, (row, most) -> row.setInt(1, most), Signals::row);
  }

  private static void delete(Handle tx, List<Row> rows) {
    Rows.write(tx, DELETE, rows, (row, one) -> row.setLong(1, one.id()));
  }

  private static void bind(PreparedStatement row, Signal signal) throws SQLException {
    row.setInt(1, signal.subject().type().code());
    row.setLong(2, signal.subject().id());
    row.setString(3, signal.subject().name());
    row.setString(4, signal.from());
    row.setString(5, signal.to());
    row.setString(6, signal.cause().orElse(null));
    row.setLong(7, signal.lastHeard().toEpochMilli());
    row.setLong(8, signal.began().toEpochMilli());
    row.setLong(9, signal.at().toEpochMilli());
    row.setLong(10, signal.subject().owner());
    row.setString(11, signal.answer().orElse(null));
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong(1),
        new Signal(
            new Subject(
                Subject.Type.CODEC.ofCode(row.getInt(2)),
                row.getLong(3),
                row.getLong(11),
                row.getString(4)),
            row.getString(5),
            row.getString(6),
            Optional.ofNullable(row.getString(7)),
            Instant.ofEpochMilli(row.getLong(8)),
            Instant.ofEpochMilli(row.getLong(9)),
            Instant.ofEpochMilli(row.getLong(10)),
            Optional.ofNullable(row.getString(12))));
  }

  /// Stops. Signals that are not consumed yet stay in the database.
  @Override
  public void close() {
    loop.close();
  }
}
