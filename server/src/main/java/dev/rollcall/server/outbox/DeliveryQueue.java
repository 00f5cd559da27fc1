package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Claimant;
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

/// The lanes of all channels: each subject with pending deliveries on a channel has a due row, its
/// lane. A process that claims a lane may send its first pending delivery.
final class DeliveryQueue {
  /// After this, another process may send the deliveries of a process that was killed.
  private static final Duration LEASE = Channel.LONGEST.plusSeconds(10);

  private static final String HEAD =
      "SELECT d.id, d.subject, d.kind, d.natural_key, d.payload, d.owed_at, d.attempts,"
          + " (SELECT f.receipt FROM outbox_delivery f WHERE f.incident_id = d.incident_id"
          + " AND f.channel = d.channel AND f.id < d.id AND f.receipt IS NOT NULL"
          + " ORDER BY f.id LIMIT 1) AS first_receipt"
          + " FROM outbox_delivery d WHERE d.channel = :channel AND d.subject = :subject"
          + " AND d.state = 0 ORDER BY d.id LIMIT 1";

  /// A delivery that was withdrawn while it was being sent is delivered if it has arrived,
  /// otherwise it stays withdrawn.
  private static final String ATTEMPTED =
      "UPDATE outbox_delivery SET state = CASE WHEN state = 0 OR ? = 1 THEN ? ELSE state END,"
          + " attempts = attempts + 1, attempted_at = ?, done_at = COALESCE(?, done_at),"
          + " last_error = COALESCE(?, last_error), receipt = ? WHERE id = ? AND state IN (0, 3)";

  private static final String EMPTY =
      "DELETE FROM outbox_lane WHERE id = ? AND NOT EXISTS (SELECT 1 FROM outbox_delivery d"
          + " WHERE d.channel = outbox_lane.channel AND d.subject = outbox_lane.subject"
          + " AND d.state = 0)";

  /// One subject on one channel.
  record Lane(String channel, String subject) {}

  /// The first pending delivery of a claimed lane.
  ///
  /// @param claim that of the delivery. A channel that never got a connection did not ask it
  record Head(Lease<Lane> lease, long id, Delivery delivery, AskedClaim claim) {
    /// After an attempt at `at` that failed, with `state` as its result.
    Done failed(DeliveryState state, Instant at, String error, Instant next) {
      Attempted attempted =
          new Attempted(id, state, at, Optional.of(error), Optional.empty(), Optional.empty());
      return new Done(lease, Optional.of(attempted), next);
    }

    /// After it was delivered at `at`.
    Done delivered(Instant at, Optional<String> receipt, Optional<String> remark) {
      Attempted attempted =
          new Attempted(
              id,
              DeliveryState.DELIVERED,
              at,
              Optional.empty(),
              receipt,
              remark.map(text -> new Remark(delivery.message().incidents(), text)));
      return new Done(lease, Optional.of(attempted), at);
    }
  }

  /// The result of an attempt.
  record Attempted(
      long id,
      DeliveryState state,
      Instant at,
      Optional<String> error,
      Optional<String> receipt,
      Optional<Remark> remark) {}

  /// What is to be remarked about a delivery.
  ///
  /// @param incidents those it is about
  record Remark(List<Long> incidents, String text) {}

  /// The end of a claim.
  ///
  /// @param attempted empty if there was nothing to send
  /// @param next when the lane is due again, if it has pending deliveries
  record Done(Lease<Lane> lease, Optional<Attempted> attempted, Instant next) {}

  private final Database database;
  private final GroupCommit commits;
  private final DueRows<Lane> due;
  private final OvertakenDeliveries overtaken;
  private volatile DeliveryRemarks remarks = (_, _, _, _, _) -> {};
  private final Batch<Instant, Integer> correcting = DeliveryQueue::correctAll;
  private final Batch<Done, Boolean> finishing =
      new Batch<>() {
        @Override
        public List<Boolean> apply(Handle tx, List<Done> items) {
          return finish(tx, items);
        }

        /// By channel and subject, as [OutboxWriter] locks them.
        @Override
        public Optional<Comparator<Done>> order() {
          return Optional.of(
              Comparator.comparing((Done done) -> done.lease().row().channel())
                  .thenComparing(done -> done.lease().row().subject()));
        }
      };

  DeliveryQueue(Database database, GroupCommit commits, Clock clock) {
    this.database = database;
    this.commits = commits;
    this.due =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                    "outbox_lane",
                    "id",
                    "channel, subject",
                    (row, _) -> new Lane(row.getString("channel"), row.getString("subject")),
                    _ -> LEASE,
                    DueTable.AS_FINISHED)
                .dividedBy("channel"));
    this.overtaken = new OvertakenDeliveries(commits, due);
  }

  /// Gives remarks to these from now on.
  void remark(DeliveryRemarks to) {
    remarks = to;
  }

  void releaseAbandoned() {
    due.releaseAbandoned();
  }

  /// Corrects the due times after the clock was set back to `now`: makes waiting lanes due now, and
  /// shortens leases to their length. Otherwise a retry in a second might come an hour late.
  void clockSetBack(Instant now) {
    commits.write(correcting, now);
  }

  private static List<Integer> correctAll(Handle tx, List<Instant> nows) {
    return nows.stream()
        .map(
            now -> {
              // One statement for each: a lane whose lease is shortened must not count as waiting.
              String lanes =
                  "UPDATE outbox_lane SET due_at = :due WHERE due_at > :due AND owner IS";
              return correct(tx, lanes + " NULL", now)
                  + correct(tx, lanes + " NOT NULL", now.plus(LEASE));
            })
        .toList();
  }

  private static int correct(Handle tx, String sql, Instant due) {
    return tx.createUpdate(sql).bind("due", due.toEpochMilli()).execute();
  }

  /// When the next lane of each of these channels is due, if it has one.
  Map<String, Instant> earliest(List<String> channels) {
    return due.earliest(channels);
  }

  /// Claims due lanes of a channel, at most `limit`.
  List<Lease<Lane>> claim(String channel, Instant now, int limit) {
    return due.claim(channel, now, limit);
  }

  /// How this process claims lanes.
  Claimant claimant() {
    return due.claimant();
  }

  /// The first pending deliveries of the lanes, by key. A lane without one has no entry.
  Map<Long, Head> heads(List<Lease<Lane>> leases) {
    return database.read(
        handle -> {
          Map<Long, Head> heads = new HashMap<>();
          for (Lease<Lane> lease : leases) {
            handle
                .createQuery(HEAD)
                .bind("channel", lease.row().channel())
                .bind("subject", lease.row().subject())
                .map((row, _) -> head(row, lease))
                .findOne()
                .ifPresent(head -> heads.put(lease.key(), head));
          }
          return heads;
        });
  }

  private Head head(ResultSet row, Lease<Lane> lease) throws SQLException {
    Message message = Message.of(row.getString("payload"));
    AskedClaim claim = new AskedClaim(() -> claimant().holdsNow(lease));
    return new Head(
        lease,
        row.getLong("id"),
        new Delivery(
            message.label(row.getString("subject")),
            Notification.Kind.CODEC.ofWord(row.getString("kind")),
            row.getString("natural_key"),
            message,
            Instant.ofEpochMilli(row.getLong("owed_at")),
            row.getInt("attempts") + 1,
            Optional.ofNullable(row.getString("first_receipt")),
            claim),
        claim);
  }

  /// Writes the end of a claim. It may be written again if it is unknown whether it was written.
  ///
  /// @return false if the lease was lost: another process sends the delivery
  boolean finish(Done done) {
    return commits.write(finishing, done);
  }

  /// After an attempt whose claim was lost: it may have arrived after newer ones, which are then
  /// told again.
  ///
  /// @return how many
  int tellAgain(Head head, Instant now) {
    return overtaken.tellAgain(
        new OvertakenDeliveries.Overtaken(
            head.id(), head.lease().row(), head.delivery().kind(), now));
  }

  private void keepRemark(Handle tx, Done done) {
    Attempted attempted = done.attempted().orElseThrow();
    Remark remark = attempted.remark().orElseThrow();
    String channel = done.lease().row().channel();
    remarks.add(tx, attempted.at(), channel, remark.incidents(), remark.text());
  }

  private List<Boolean> finish(Handle tx, List<Done> items) {
    List<Boolean> valid =
        due.finish(tx, items.stream().map(done -> done.lease().finish(done.next())).toList());
    List<Attempted> attempted = new ArrayList<>();
    List<Done> ended = new ArrayList<>();
    List<Done> remarked = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (valid.get(i)) {
        Optional<Attempted> one = items.get(i).attempted();
        one.ifPresent(attempted::add);
        if (one.flatMap(Attempted::remark).isPresent()) {
          remarked.add(items.get(i));
        }
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
          row.setString(6, one.receipt().orElse(null));
          row.setLong(7, one.id());
        });
    Rows.write(tx, EMPTY, ended, (row, done) -> row.setLong(1, done.lease().key()));
    remarked.forEach(done -> keepRemark(tx, done));
    return valid;
  }
}
