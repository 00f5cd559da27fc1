package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The lanes of one channel: a due row for each subject that is owed something. A claim of a lane
/// is the right to send its first pending delivery.
final class DeliveryQueue {
  /// A killed process's deliveries are another's after this.
  private static final Duration LEASE = Channel.LONGEST.plusSeconds(10);

  private static final String HEAD =
      "SELECT id, subject, kind, natural_key, payload, owed_at, attempts"
          + " FROM outbox_delivery WHERE channel = :channel AND subject = :subject AND state = 0"
          + " ORDER BY id LIMIT 1";

  /// One that was withdrawn under way has arrived, or stays withdrawn.
  private static final String ATTEMPTED =
      "UPDATE outbox_delivery SET state = CASE WHEN state = 0 OR ? = 1 THEN ? ELSE state END,"
          + " attempts = attempts + 1, attempted_at = ?, done_at = COALESCE(?, done_at),"
          + " last_error = COALESCE(?, last_error) WHERE id = ? AND state IN (0, 3)";

  private static final String EMPTY =
      "DELETE FROM outbox_lane WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox_delivery d"
          + " WHERE d.channel = outbox_lane.channel AND d.subject = outbox_lane.subject"
          + " AND d.state = 0)";

  /// The first pending delivery of a lane that was claimed.
  record Head(Lease<String> lease, long id, Delivery delivery) {
    /// After an attempt at `at`, which left it in `state`.
    Done done(DeliveryState state, Instant at, Optional<String> error, Instant next) {
      return new Done(lease, Optional.of(new Attempted(id, state, at, error)), next);
    }
  }

  /// What an attempt led to.
  record Attempted(long id, DeliveryState state, Instant at, Optional<String> error) {}

  /// The end of a claim.
  ///
  /// @param attempted empty where there was nothing to send
  /// @param next when the lane is due again, if something is still owed
  record Done(Lease<String> lease, Optional<Attempted> attempted, Instant next) {}

  private final Database database;
  private final GroupCommit commits;
  private final String channel;
  private final DueRows<String> due;
  private final Batch<Instant, Integer> mending = this::mend;
  private final Batch<Done, Boolean> finishing =
      new Batch<>() {
        @Override
        public List<Boolean> apply(Handle tx, List<Done> items) {
          return finish(tx, items);
        }

        /// As [OutboxWriter] locks them: by subject.
        @Override
        public Optional<Comparator<Done>> order() {
          return Optional.of(Comparator.comparing(done -> done.lease().row()));
        }
      };

  DeliveryQueue(Database database, GroupCommit commits, Clock clock, String channel) {
    this.database = database;
    this.commits = commits;
    this.channel = channel;
    this.due =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                    "outbox_lane",
                    "id",
                    "subject",
                    (row, _) -> row.getString("subject"),
                    _ -> LEASE,
                    ":at")
                .part("channel = '" + channel + "'"));
  }

  void releaseAbandoned() {
    due.releaseAbandoned();
  }

  /// Makes due now what waits, and cuts leases to their length, after the clock was set back: what
  /// was to be tried again in a moment would else be in an hour.
  void mend(Instant now) {
    commits.write(mending, now);
  }

  private List<Integer> mend(Handle tx, List<Instant> nows) {
    return nows.stream()
        .map(
            now -> {
              // One statement for each: a lease that is cut is not a lane that waits.
              String lanes = "UPDATE outbox_lane SET due_at = :due WHERE channel = :channel";
              return mend(tx, lanes + " AND owner IS NULL AND due_at > :due", now)
                  + mend(tx, lanes + " AND owner IS NOT NULL AND due_at > :due", now.plus(LEASE));
            })
        .toList();
  }

  private int mend(Handle tx, String sql, Instant due) {
    return tx.createUpdate(sql).bind("channel", channel).bind("due", due.toEpochMilli()).execute();
  }

  /// When the next lane is due.
  Optional<Instant> earliest() {
    return due.earliest();
  }

  /// Claims lanes that are due, at most `limit`.
  List<Lease<String>> claim(Instant now, int limit) {
    return due.claim(now, limit);
  }

  /// What is to be sent on the lanes, by their keys; a lane with nothing to send has none.
  Map<Long, Head> heads(List<Lease<String>> leases) {
    return database.read(
        handle -> {
          Map<Long, Head> heads = new HashMap<>();
          for (Lease<String> lease : leases) {
            handle
                .createQuery(HEAD)
                .bind("channel", channel)
                .bind("subject", lease.row())
                .map((row, _) -> head(row, lease))
                .findOne()
                .ifPresent(head -> heads.put(lease.key(), head));
          }
          return heads;
        });
  }

  private static Head head(ResultSet row, Lease<String> lease) throws SQLException {
    return new Head(
        lease,
        row.getLong("id"),
        new Delivery(
            row.getString("subject"),
            row.getString("kind"),
            row.getString("natural_key"),
            Json.kept(row.getString("payload")),
            Instant.ofEpochMilli(row.getLong("owed_at")),
            row.getInt("attempts") + 1));
  }

  /// Writes the end of a claim. It may be written again, where it is not known whether it was.
  ///
  /// @return false where the lease had been lost: another process sends it
  boolean finish(Done done) {
    return commits.write(finishing, done);
  }

  private List<Boolean> finish(Handle tx, List<Done> items) {
    List<Boolean> valid =
        due.finish(tx, items.stream().map(done -> done.lease().finish(done.next())).toList());
    List<Attempted> attempted = new ArrayList<>();
    List<Done> ended = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (valid.get(i)) {
        Optional<Attempted> one = items.get(i).attempted();
        one.ifPresent(attempted::add);
        if (one.isEmpty() || one.get().state() != DeliveryState.PENDING) {
          ended.add(items.get(i));
        }
      }
    }
    Rows.write(
        tx,
        ATTEMPTED,
        attempted,
        (row, one) -> {
          row.setInt(1, one.state().code());
          row.setInt(2, one.state().code());
          row.setLong(3, one.at().toEpochMilli());
          boolean done = one.state() != DeliveryState.PENDING;
          InstantColumns.set(row, 4, Optional.of(one.at()).filter(_ -> done));
          row.setString(5, one.error().orElse(null));
          row.setLong(6, one.id());
        });
    Rows.write(tx, EMPTY, ended, (row, done) -> row.setLong(1, done.lease().key()));
    return valid;
  }
}
