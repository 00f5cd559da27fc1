package dev.rollcall.server.outbox;

import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/// Reads the deliveries, and deletes old ones. Every read is limited by an index, however many
/// there are.
final class DeliveryStore {
  private static final System.Logger LOG = System.getLogger(DeliveryStore.class.getName());

  private static final int ROWS_AT_ONCE = 2_000;

  private static final String COLUMNS =
      "d.id, d.channel, d.subject, d.kind, d.natural_key, d.payload, d.state, d.attempts,"
          + " d.coalesced, d.created_at, d.owed_at, d.attempted_at, d.done_at, d.last_error,"
          + " l.due_at";

  private static final String FROM =
      " FROM outbox_delivery d LEFT JOIN outbox_lane l"
          + " ON d.state = 0 AND l.channel = d.channel AND l.subject = d.subject";

  private final Database database;
  private final GroupCommit commits;
  private final Batch<List<Old>, Integer> forgetting =
      (tx, slices) -> slices.stream().map(slice -> delete(tx, slice)).toList();
  private final Batch<Orphans, Integer> abandoning =
      (tx, orphans) -> orphans.stream().map(one -> abandon(tx, one)).toList();

  private final Batch<Replay, Boolean> replaying =
      (tx, items) -> items.stream().map(one -> replay(tx, one.id(), one.now())).toList();

  private record Replay(long id, Instant now) {}

  private record Old(long id, Instant created, Instant done) {}

  private record Orphans(String channel, Instant before, Instant now) {}

  DeliveryStore(Database database, GroupCommit commits) {
    this.database = database;
    this.commits = commits;
  }

  /// Deliveries, the newest first, at most `limit`, with an id below `before`.
  List<DeliveryRow> list(
      Scope scope,
      Optional<String> channel,
      Optional<DeliveryState> state,
      long before,
      int limit) {
    String prefix = Outbox.prefix(scope.owner());
    String condition =
        switch (scope) {
          case Scope.Everything() -> "";
          case Scope.Owned(long owner) when owner == Scope.OPERATOR ->
              " AND d.channel NOT LIKE '%/%'";
          case Scope.Owned _ -> " AND d.channel >= :first AND d.channel < :end";
        };
    boolean some = condition.contains(":first") && channel.isEmpty();
    // Without the plus sign, SQLite may read everybody's rows in the order of their ids.
    String byState = some ? " WHERE +d.state = " : " WHERE d.state = ";
    // One query for each state: an index then covers channel, state and id.
    String stretches =
        Arrays.stream(DeliveryState.values())
            .filter(each -> state.isEmpty() || state.get() == each)
            .map(
                each ->
                    "SELECT * FROM (SELECT "
                        + COLUMNS
                        + FROM
                        + byState
                        + each.code()
                        + (channel.isPresent() ? " AND d.channel = :channel" : condition)
                        + " AND d.id < :before ORDER BY d.id DESC LIMIT :limit) AS "
                        + each.word())
            .collect(Collectors.joining(" UNION ALL "));
    return database.read(
        handle -> {
          Query query = handle.createQuery(stretches + " ORDER BY id DESC LIMIT :limit");
          channel.ifPresentOrElse(
              name -> query.bind("channel", prefix + name),
              () -> {
                if (some) {
                  query.bind("first", prefix).bind("end", scope.owner() + "0"); // after the slash
                }
              });
          return query.bind("before", before).bind("limit", limit).map((row, _) -> row(row)).list();
        });
  }

  /// The deliveries of an incident, in the order in which they were written.
  List<DeliveryRow> of(long incident) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + FROM
                        + " WHERE d.incident_id = :incident OR d.id IN (SELECT s.id FROM"
                        + " delivery_incident i JOIN outbox_delivery s ON s.channel = i.channel"
                        + " AND s.natural_key = i.natural_key WHERE i.incident_id = :incident)"
                        + " ORDER BY d.id")
                .bind("incident", incident)
                .map((row, _) -> row(row))
                .list());
  }

  /// The first and the last delivery about the incident that a delivery is about, on its channel;
  /// that delivery alone if it is about none, or about several.
  List<Delivery> ofSameIncident(DeliveryRow row) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + FROM
                        + " WHERE d.id = :id OR d.id = (SELECT MIN(d.id) FROM outbox_delivery d"
                        + " WHERE d.incident_id = (SELECT incident_id FROM outbox_delivery"
                        + " WHERE id = :id) AND d.channel = :channel) ORDER BY d.id")
                .bind("id", row.id())
                .bind("channel", row.channel())
                .map((found, _) -> delivery(found))
                .list());
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    Message message = Message.of(row.getString("payload"));
    return new Delivery(
        message.label(row.getString("subject")),
        Notification.Kind.CODEC.ofWord(row.getString("kind")),
        row.getString("natural_key"),
        message,
        Instant.ofEpochMilli(row.getLong("owed_at")),
        1);
  }

  private static DeliveryRow row(ResultSet row) throws SQLException {
    return new DeliveryRow(
        row.getLong("id"),
        row.getString("channel"),
        Message.of(row.getString("payload")).label(row.getString("subject")),
        row.getString("kind"),
        row.getString("natural_key"),
        DeliveryState.CODEC.ofCode(row.getInt("state")),
        row.getInt("attempts"),
        row.getInt("coalesced"),
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("owed_at")),
        InstantColumns.instant(row, "attempted_at"),
        InstantColumns.instant(row, "due_at"),
        InstantColumns.instant(row, "done_at"),
        Optional.ofNullable(row.getString("last_error")));
  }

  /// The number of pending deliveries of a channel.
  long pending(String channel) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT COUNT(*) FROM outbox_delivery WHERE channel = :channel AND state = 0")
                .bind("channel", channel)
                .mapTo(Long.class)
                .one());
  }

  /// The delivery with that id, if its channel belongs to the scope.
  Optional<DeliveryRow> find(Scope scope, long id) {
    return database
        .read(
            handle ->
                handle
                    .createQuery("SELECT " + COLUMNS + FROM + " WHERE d.id = :id")
                    .bind("id", id)
                    .map((row, _) -> row(row))
                    .findOne())
        .filter(row -> scope.includes(Outbox.owner(row.channel())));
  }

  /// Sends a delivery that is over once more, at once, with new attempts.
  ///
  /// @return false if it is pending
  boolean replay(long id, Instant now) {
    return commits.write(replaying, new Replay(id, now));
  }

  /// The same in the transaction `tx`.
  static boolean replay(Handle tx, long id, Instant at) {
    long now = at.toEpochMilli();
    // Locks the lane before it looks at the delivery, which may be about to end: OutboxWriter.
    tx.createUpdate(
            "INSERT INTO outbox_lane (channel, subject, due_at) SELECT channel, subject, :now"
                + " FROM outbox_delivery WHERE id = :id"
                + " ON CONFLICT (channel, subject) DO UPDATE SET due_at = outbox_lane.due_at")
        .bind("id", id)
        .bind("now", now)
        .execute();
    return tx.createUpdate(
                "UPDATE outbox_delivery SET state = 0, attempts = 0, done_at = NULL,"
                    + " owed_at = :now WHERE id = :id AND state <> 0")
            .bind("id", id)
            .bind("now", now)
            .execute()
        > 0;
  }

  /// When the oldest pending delivery of a channel was created; empty if there is none.
  Optional<Instant> oldest(String channel) {
    return database
        .read(
            handle ->
                handle
                    .createQuery(
                        "SELECT created_at FROM outbox_delivery WHERE channel = :channel"
                            + " AND state = 0 ORDER BY id LIMIT 1")
                    .bind("channel", channel)
                    .mapTo(Long.class)
                    .findOne())
        .map(Instant::ofEpochMilli);
  }

  /// Deletes what was finished before `before`, in slices so that other writers do not wait for
  /// long.
  void forget(Instant before) {
    forget(DeliveryState.DELIVERED, before);
    forget(DeliveryState.FAILED, before);
    forget(DeliveryState.WITHDRAWN, before);
  }

  private void forget(DeliveryState state, Instant before) {
    long after = 0;
    while (true) {
      List<Old> slice = slice(state, after);
      if (slice.isEmpty() || !slice.getFirst().created().isBefore(before)) {
        return;
      }
      after = slice.getLast().id();
      // An old notification may have been delivered recently.
      List<Old> old = slice.stream().filter(one -> one.done().isBefore(before)).toList();
      if (!old.isEmpty()) {
        commits.write(forgetting, old);
      }
    }
  }

  private List<Old> slice(DeliveryState state, long after) {
    return database.read(
        handle ->
            handle
                .createQuery(
                    "SELECT id, created_at, done_at FROM outbox_delivery"
                        + " WHERE state = :state AND id > :after ORDER BY id LIMIT :limit")
                .bind("state", state.code())
                .bind("after", after)
                .bind("limit", ROWS_AT_ONCE)
                .map(
                    (row, _) ->
                        new Old(
                            row.getLong("id"),
                            Instant.ofEpochMilli(row.getLong("created_at")),
                            Instant.ofEpochMilli(row.getLong("done_at"))))
                .list());
  }

  private static int delete(Handle tx, List<Old> slice) {
    Rows.write(
        tx,
        "DELETE FROM outbox_delivery WHERE id = ?",
        slice,
        (row, old) -> row.setLong(1, old.id()));
    return slice.size();
  }

  /// Gives up deliveries from before `before` on channels that are no longer configured.
  void abandon(Set<String> channels, Instant before, Instant now) {
    Optional<String> next = nextChannel("");
    while (next.isPresent()) {
      String channel = next.get();
      if (!channels.contains(channel)) {
        Orphans orphans = new Orphans(channel, before, now);
        int all = 0;
        int some;
        do {
          some = commits.write(abandoning, orphans);
          all += some;
        } while (some == ROWS_AT_ONCE);
        if (all > 0) {
          LOG.log(
              Level.WARNING,
              "{0,number,#} deliveries on channel {1} are given up: it is no longer configured",
              all,
              channel);
        }
      }
      next = nextChannel(channel);
    }
  }

  private Optional<String> nextChannel(String after) {
    return database.read(
        handle ->
            handle
                .createQuery("SELECT MIN(channel) FROM outbox_lane WHERE channel > :after")
                .bind("after", after)
                .map((row, _) -> Optional.ofNullable(row.getString(1)))
                .one());
  }

  private static int abandon(Handle tx, Orphans orphans) {
    int rows =
        tx.createUpdate(
                "UPDATE outbox_delivery SET state = 2, done_at = :now,"
                    + " last_error = 'given up: its channel is no longer configured'"
                    + " WHERE id IN (SELECT id FROM outbox_delivery WHERE channel = :channel"
                    + " AND state = 0 AND owed_at < :before ORDER BY id LIMIT :limit)")
            .bind("now", orphans.now().toEpochMilli())
            .bind("channel", orphans.channel())
            .bind("before", orphans.before().toEpochMilli())
            .bind("limit", ROWS_AT_ONCE)
            .execute();
    tx.createUpdate(
            "DELETE FROM outbox_lane WHERE channel = :channel AND NOT EXISTS"
                + " (SELECT 1 FROM outbox_delivery d WHERE d.channel = outbox_lane.channel"
                + " AND d.subject = outbox_lane.subject AND d.state = 0)")
        .bind("channel", orphans.channel())
        .execute();
    return rows;
  }
}
