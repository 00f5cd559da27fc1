package dev.rollcall.server.outbox;

import dev.rollcall.server.outbox.DeliveryQueue.Lane;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/// Tells again what was told before an older notification may have arrived.
///
/// A process may stand still after it has asked [DeliveryClaim] for the last time, or the network
/// may keep what it has sent. Meanwhile another process sends the same notification, and newer
/// ones; then the older one arrives once more, and the receiver believes that what has ended is
/// wrong again. No sender can exclude that. It finds out that it has lost its claim when it writes
/// what became of its attempt. Then the last notification about each incident that the older one
/// was about is sent again, and the last one of its subject, so that the last thing that the
/// receiver hears is true. They keep their keys: a receiver that knows keys has dropped the older
/// one, and drops these.
final class OvertakenDeliveries {
  /// The incidents that it is about.
  private static final String INCIDENTS =
      "WITH mine AS (SELECT incident_id FROM outbox_delivery"
          + " WHERE id = :id AND incident_id IS NOT NULL UNION SELECT i.incident_id"
          + " FROM outbox_delivery o JOIN delivery_incident i ON i.channel = o.channel"
          + " AND i.natural_key = o.natural_key WHERE o.id = :id)";

  private static final String COLUMNS = " AS about, d.id, d.subject, d.kind, d.state";

  private static final String PENDING_OR_DELIVERED =
      " d.channel = :channel AND d.id > :id AND d.state IN (0, 1)";

  /// What is newer on its channel: about the same incidents, and (0) of the same subject.
  private static final String NEWER =
      INCIDENTS
          + (" SELECT m.incident_id" + COLUMNS + " FROM mine m")
          + " JOIN outbox_delivery d ON d.incident_id = m.incident_id WHERE"
          + PENDING_OR_DELIVERED
          + (" UNION ALL SELECT m.incident_id" + COLUMNS + " FROM mine m")
          + " JOIN delivery_incident i ON i.incident_id = m.incident_id AND i.channel = :channel"
          + " JOIN outbox_delivery d ON d.natural_key = i.natural_key AND"
          + PENDING_OR_DELIVERED
          + (" UNION ALL SELECT 0" + COLUMNS + " FROM outbox_delivery d WHERE d.subject = :subject")
          + (" AND" + PENDING_OR_DELIVERED)
          + " ORDER BY id";

  private static final String LOCK =
      "INSERT INTO outbox_lane (channel, subject, due_at) VALUES (:channel, :subject, :now)"
          + " ON CONFLICT (channel, subject) DO UPDATE SET due_at = outbox_lane.due_at";

  /// A lane in which something newer is being sent. Whether it arrived before or after the older
  /// one is not known.
  private static final String SENDING =
      "SELECT l.id FROM outbox_lane l WHERE l.channel = :channel AND l.subject = :subject"
          + " AND l.owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM outbox_delivery d"
          + " WHERE d.channel = l.channel AND d.subject = l.subject AND d.state = 0"
          + " AND d.id <= :id)";

  /// An attempt to send that was made under a claim that was lost.
  ///
  /// @param id of the delivery
  record Overtaken(long id, Lane lane, Kind kind, Instant now) {}

  /// @param about the incident; 0 for what the subject has in common with it alone
  private record Newer(long about, long id, String subject, Kind kind, boolean pending) {}

  private final GroupCommit commits;
  private final DueRows<Lane> due;
  private final Batch<Overtaken, Integer> telling =
      (tx, all) -> all.stream().map(one -> tellAgain(tx, one)).toList();

  OvertakenDeliveries(GroupCommit commits, DueRows<Lane> due) {
    this.commits = commits;
    this.due = due;
  }

  /// Sends again what is newer and may have been told before it.
  ///
  /// @return how many notifications that are
  int tellAgain(Overtaken overtaken) {
    return commits.write(telling, overtaken);
  }

  private int tellAgain(Handle tx, Overtaken overtaken) {
    Collection<Newer> seen = last(newer(tx, overtaken));
    if (seen.stream().allMatch(one -> saysTheSame(one, overtaken))) {
      return 0;
    }
    TreeSet<String> subjects = new TreeSet<>();
    seen.forEach(one -> subjects.add(one.subject()));
    subjects.forEach(subject -> lock(tx, overtaken, subject));
    List<Newer> told = last(newer(tx, overtaken)).stream().filter(one -> !one.pending()).toList();
    int sending = subjects.stream().mapToInt(subject -> endClaim(tx, overtaken, subject)).sum();
    told.forEach(one -> DeliveryStore.replay(tx, one.id(), overtaken.now()));
    return told.size() + sending;
  }

  private static boolean saysTheSame(Newer one, Overtaken overtaken) {
    return one.kind() == overtaken.kind() && one.kind() != Kind.SEVERAL;
  }

  private static List<Newer> newer(Handle tx, Overtaken overtaken) {
    return tx.createQuery(NEWER)
        .bind("id", overtaken.id())
        .bind("channel", overtaken.lane().channel())
        .bind("subject", overtaken.lane().subject())
        .map((row, _) -> newer(row))
        .list();
  }

  private static Newer newer(ResultSet row) throws SQLException {
    return new Newer(
        row.getLong("about"),
        row.getLong("id"),
        row.getString("subject"),
        Kind.CODEC.ofWord(row.getString("kind")),
        row.getInt("state") == DeliveryState.PENDING.code());
  }

  /// The last one about each incident and of the subject, each once.
  private static Collection<Newer> last(List<Newer> inOrder) {
    Map<Long, Newer> byIncident = new LinkedHashMap<>();
    inOrder.forEach(one -> byIncident.put(one.about(), one));
    Map<Long, Newer> byId = new LinkedHashMap<>();
    byIncident.values().stream()
        .sorted(Comparator.comparing(Newer::id))
        .forEach(one -> byId.put(one.id(), one));
    return byId.values();
  }

  private static void lock(Handle tx, Overtaken overtaken, String subject) {
    tx.createUpdate(LOCK)
        .bind("channel", overtaken.lane().channel())
        .bind("subject", subject)
        .bind("now", overtaken.now().toEpochMilli())
        .execute();
  }

  /// Whoever sends something newer now does so again.
  ///
  /// @return 1 if somebody does
  private int endClaim(Handle tx, Overtaken overtaken, String subject) {
    List<Lease.Finish> sending =
        tx.createQuery(SENDING)
            .bind("channel", overtaken.lane().channel())
            .bind("subject", subject)
            .bind("id", overtaken.id())
            .mapTo(Long.class)
            .map(lane -> new Lease.Finish(lane, 0, overtaken.now(), Optional.empty()))
            .list();
    due.endClaims(tx, sending);
    return sending.size();
  }
}
