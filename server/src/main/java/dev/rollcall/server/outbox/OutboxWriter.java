package dev.rollcall.server.outbox;

import dev.rollcall.server.sql.Rows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/// Writes what is owed, and what is not any more. Everything about one subject on one channel
/// happens under the lock of its lane, here as in [DeliveryQueue]: nothing is added to a lane
/// unseen by whoever finishes its last delivery.
final class OutboxWriter {
  private static final int LONGEST_PAYLOAD = 64 * 1024;

  private static final String LANE =
      "INSERT INTO outbox_lane (channel, subject, due_at) VALUES (?, ?, ?)"
          + " ON CONFLICT (channel, subject) DO UPDATE SET due_at = outbox_lane.due_at";

  private static final String PENDING =
      "FROM outbox_delivery d WHERE d.channel = ? AND d.subject = ? AND d.state = 0";

  /// The last one owed, unless it is the first as well and under way.
  private static final String COALESCE =
      "UPDATE outbox_delivery SET natural_key = ?, payload = ?, owed_at = ?,"
          + " coalesced = coalesced + 1"
          + (" WHERE id = (SELECT MAX(d.id) " + PENDING + ") AND kind = ?")
          + " AND NOT EXISTS (SELECT 1 FROM outbox_delivery k"
          + " WHERE k.channel = ? AND k.natural_key = ?)"
          + " AND (EXISTS (SELECT 1 FROM outbox_lane l"
          + " WHERE l.channel = ? AND l.subject = ? AND l.owner IS NULL)"
          + (" OR id > (SELECT MIN(d.id) " + PENDING + "))");

  private static final String INSERT =
      "INSERT INTO outbox_delivery"
          + " (channel, subject, kind, natural_key, payload, created_at, owed_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, natural_key) DO NOTHING";

  private static final String HOLD =
      "UPDATE outbox_lane SET due_at = due_at WHERE channel = ? AND subject = ?";

  /// What is under way too: whoever sends it notes whether it arrived all the same.
  private static final String WITHDRAW =
      "UPDATE outbox_delivery SET state = 3, done_at = ?"
          + " WHERE channel = ? AND subject = ? AND kind = ? AND state = 0";

  private static final String EMPTY =
      "DELETE FROM outbox_lane WHERE channel = ? AND subject = ? AND owner IS NULL"
          + (" AND NOT EXISTS (SELECT 1 " + PENDING + ")");

  private record Place(String channel, String subject) {}

  private OutboxWriter() {}

  /// Writes `news`, in this order, as of `now`.
  static void add(Handle tx, List<? extends OutboxEntry> news, Instant now) {
    List<List<OutboxEntry>> rounds = rounds(news);
    if (news.stream().anyMatch(Withdrawal.class::isInstance)) {
      // Those of the first round are all there are. What is owed makes its lanes below, and would
      // lock them in another order than what is withdrawn.
      hold(tx, rounds.getFirst());
    }
    for (List<OutboxEntry> round : rounds) {
      withdraw(tx, only(Withdrawal.class, round), now);
      owe(tx, only(Notification.class, round), now);
    }
  }

  private static <T extends OutboxEntry> List<T> only(Class<T> kind, List<OutboxEntry> news) {
    return news.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static void owe(Handle tx, List<Notification> round, Instant now) {
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

  private static void hold(Handle tx, List<OutboxEntry> news) {
    Rows.write(tx, HOLD, news, OutboxWriter::place);
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
          row.setString(4, one.kind());
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

  /// No subject twice in a round, and each in the order of the lanes, so that two transactions lock
  /// them in the same order.
  private static List<List<OutboxEntry>> rounds(List<? extends OutboxEntry> news) {
    List<List<OutboxEntry>> rounds = new ArrayList<>();
    Map<Place, Integer> times = new HashMap<>();
    for (OutboxEntry one : news) {
      int round = times.merge(new Place(one.channel(), one.subject()), 1, Integer::sum) - 1;
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
          row.setString(2, text(one.payload()));
          row.setLong(3, now.toEpochMilli());
          row.setString(4, one.channel());
          row.setString(5, one.subject());
          row.setString(6, one.kind());
          row.setString(7, one.channel());
          row.setString(8, one.key());
          row.setString(9, one.channel());
          row.setString(10, one.subject());
          row.setString(11, one.channel());
          row.setString(12, one.subject());
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
          row.setString(3, one.kind());
          row.setString(4, one.key());
          row.setString(5, text(one.payload()));
          row.setLong(6, now.toEpochMilli());
          row.setLong(7, now.toEpochMilli());
        });
  }

  private static String text(ObjectNode payload) {
    String text = payload.toString();
    if (text.length() > LONGEST_PAYLOAD) {
      throw new IllegalArgumentException(
          "a payload of %d characters: %d at most".formatted(text.length(), LONGEST_PAYLOAD));
    }
    return text;
  }
}
