package dev.rollcall.server.outbox;

import dev.rollcall.server.outbox.DeliveryQueue.Lane;
import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Writes notifications and withdrawals. All changes of one subject on one channel happen while its
/// lane is locked, here and in [DeliveryQueue]. So nothing is added to a lane while its last
/// delivery is finished.
final class OutboxWriter {
  private static final int LONGEST_MESSAGE = 64 * 1024;

  private static final String LANE =
      "INSERT INTO outbox_lane (channel, subject, due_at) VALUES (?, ?, ?)"
          + " ON CONFLICT (channel, subject) DO UPDATE SET due_at = outbox_lane.due_at";

  private static final String PENDING =
      "FROM outbox_delivery d WHERE d.channel = ? AND d.subject = ? AND d.state = 0";

  /// The last pending delivery, unless it is also the first one and is being sent.
  private static final String COALESCE =
      "UPDATE outbox_delivery SET natural_key = ?, payload = ?, owed_at = ?,"
          + " incident_id = ?, coalesced = coalesced + 1"
          + (" WHERE id = (SELECT MAX(d.id) " + PENDING + ") AND kind = ?")
          + " AND NOT EXISTS (SELECT 1 FROM outbox_delivery k"
          + " WHERE k.channel = ? AND k.natural_key = ?)"
          + " AND (EXISTS (SELECT 1 FROM outbox_lane l"
          + " WHERE l.channel = ? AND l.subject = ? AND l.owner IS NULL)"
          + (" OR id > (SELECT MIN(d.id) " + PENDING + "))");

  private static final String INSERT =
      "INSERT INTO outbox_delivery"
          + " (channel, subject, kind, natural_key, payload, created_at, owed_at, incident_id)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, natural_key) DO NOTHING";

  private static final String REPLACE =
      "UPDATE outbox_delivery SET payload = ?"
          + " WHERE channel = ? AND natural_key = ? AND state = 0";

  private static final String HOLD =
      "UPDATE outbox_lane SET due_at = due_at WHERE channel = ? AND subject = ?";

  /// Includes the one that is being sent: if it arrives nevertheless, its sender writes that.
  private static final String WITHDRAW =
      "UPDATE outbox_delivery SET state = 3, done_at = ?"
          + " WHERE channel = ? AND subject = ? AND kind = ? AND state = 0";

  private static final String EMPTY =
      "DELETE FROM outbox_lane WHERE channel = ? AND subject = ? AND owner IS NULL"
          + (" AND NOT EXISTS (SELECT 1 " + PENDING + ")");

  private OutboxWriter() {}

  /// Writes `entries` in this order, with the time `now`.
  static void add(Handle tx, List<? extends OutboxEntry> entries, Instant now) {
    List<List<OutboxEntry>> rounds = rounds(entries);
    if (entries.stream().anyMatch(Withdrawal.class::isInstance)) {
      // The first round contains all subjects. Adding notifications creates and locks lanes in
      // another order than withdrawals do, so lock the existing lanes first.
      lockExistingLanes(tx, rounds.getFirst());
    }
    for (List<OutboxEntry> round : rounds) {
      withdraw(tx, only(Withdrawal.class, round), now);
      addNotifications(tx, only(Notification.class, round), now);
    }
  }

  /// Replaces the message of the pending notification with the same key.
  static void replace(Handle tx, Notification notification) {
    Rows.write(
        tx,
        REPLACE,
        List.of(notification),
        (row, one) -> {
          row.setString(1, text(one.message()));
          row.setString(2, one.channel());
          row.setString(3, one.key());
        });
  }

  private static <T extends OutboxEntry> List<T> only(Class<T> kind, List<OutboxEntry> entries) {
    return entries.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static void addNotifications(Handle tx, List<Notification> round, Instant now) {
    lock(tx, round, now);
    List<Notification> fresh = new ArrayList<>(round);
    List<Notification> coalescing = round.stream().filter(Notification::coalesces).toList();
    int[] placed = coalesce(tx, coalescing, now);
    for (int i = 0; i < placed.length; i++) {
      if (placed[i] > 0) {
        fresh.remove(coalescing.get(i));
      }
    }
    insert(tx, fresh, now);
  }

  private static void lockExistingLanes(Handle tx, List<OutboxEntry> entries) {
    Rows.write(tx, HOLD, entries, OutboxWriter::place);
  }

  private static void withdraw(Handle tx, List<Withdrawal> withdrawals, Instant now) {
    Rows.write(
        tx,
        WITHDRAW,
        withdrawals,
        (row, one) -> {
          row.setLong(1, now.toEpochMilli());
          row.setString(2, one.channel());
          row.setString(3, one.subject());
          row.setString(4, one.kind().word());
        });
    Rows.write(
        tx,
        EMPTY,
        withdrawals,
        (row, one) -> {
          place(row, one);
          row.setString(3, one.channel());
          row.setString(4, one.subject());
        });
  }

  private static void place(PreparedStatement row, OutboxEntry one) throws SQLException {
    row.setString(1, one.channel());
    row.setString(2, one.subject());
  }

  /// Each round contains a subject at most once, in the order of the lanes, so that all
  /// transactions lock them in the same order.
  private static List<List<OutboxEntry>> rounds(List<? extends OutboxEntry> entries) {
    List<List<OutboxEntry>> rounds = new ArrayList<>();
    Map<Lane, Integer> times = new HashMap<>();
    for (OutboxEntry one : entries) {
      int round = times.merge(new Lane(one.channel(), one.subject()), 1, Integer::sum) - 1;
      if (round == rounds.size()) {
        rounds.add(new ArrayList<>());
      }
      rounds.get(round).add(one);
    }
    rounds.forEach(
        round ->
            round.sort(
                Comparator.comparing(OutboxEntry::channel).thenComparing(OutboxEntry::subject)));
    return rounds;
  }

  private static void lock(Handle tx, List<Notification> round, Instant now) {
    Rows.write(
        tx,
        LANE,
        round,
        (row, one) -> {
          row.setString(1, one.channel());
          row.setString(2, one.subject());
          row.setLong(3, now.toEpochMilli());
        });
  }

  private static int[] coalesce(Handle tx, List<Notification> round, Instant now) {
    return Rows.write(
        tx,
        COALESCE,
        round,
        (row, one) -> {
          row.setString(1, one.key());
          row.setString(2, text(one.message()));
          row.setLong(3, now.toEpochMilli());
          incident(row, 4, one);
          row.setString(5, one.channel());
          row.setString(6, one.subject());
          row.setString(7, one.kind().word());
          row.setString(8, one.channel());
          row.setString(9, one.key());
          row.setString(10, one.channel());
          row.setString(11, one.subject());
          row.setString(12, one.channel());
          row.setString(13, one.subject());
        });
  }

  private static void insert(Handle tx, List<Notification> round, Instant now) {
    Rows.write(
        tx,
        INSERT,
        round,
        (row, one) -> {
          row.setString(1, one.channel());
          row.setString(2, one.subject());
          row.setString(3, one.kind().word());
          row.setString(4, one.key());
          row.setString(5, text(one.message()));
          row.setLong(6, now.toEpochMilli());
          row.setLong(7, now.toEpochMilli());
          incident(row, 8, one);
        });
  }

  private static void incident(PreparedStatement row, int index, Notification one)
      throws SQLException {
    Optional<Message.OfIncident> incident = one.message().incident();
    if (incident.isPresent()) {
      row.setLong(index, incident.get().id());
    } else {
      row.setNull(index, Types.BIGINT);
    }
  }

  private static String text(Message message) {
    String text = message.json();
    if (text.length() > LONGEST_MESSAGE) {
      throw new IllegalArgumentException(
          "a message of %d characters: %d at most".formatted(text.length(), LONGEST_MESSAGE));
    }
    return text;
  }
}
