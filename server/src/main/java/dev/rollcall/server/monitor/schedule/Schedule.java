package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.monitor.store.ServiceSubjects;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// The due rows of the services.
public final class Schedule {
  private static final String ENDED =
      "UPDATE service_schedule SET written = fence WHERE service_id = ?";

  private final GroupCommit commits;
  private final String locked;
  private final DueRows<Row> rows;
  private final Batch<Instant, Integer> correcting =
      (tx, instants) -> instants.stream().map(now -> correctDueTimes(tx, now)).toList();

  private final Batch<DueBy, Integer> checkingBy =
      (tx, all) ->
          all.stream()
              .map(
                  one -> {
                    ServiceSubjects.checkBy(tx, one.services(), one.until());
                    return one.services().size();
                  })
              .toList();

  private record DueBy(Instant until, List<Long> services) {}

  /// The columns of a due row besides the service's id.
  ///
  /// @param revision the version of the definition
  /// @param lease how long one check may take
  public record Row(long revision, Duration lease) {}

  public Schedule(Database database, GroupCommit commits, Clock clock) {
    this.commits = commits;
    this.locked = database.locked();
    this.rows =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                "service_schedule",
                "service_id",
                "revision, lease_ms",
                (row, _) ->
                    new Row(row.getLong("revision"), Duration.ofMillis(row.getLong("lease_ms"))),
                Row::lease,
                CheckPhase.NEXT_DUE));
  }

  /// Locks the due row of a service.
  ///
  /// @return whether there is one
  boolean lock(Handle tx, long service) {
    return !Rows.read(
            tx,
            "SELECT fence FROM service_schedule WHERE service_id = ?" + locked,
            service,
            (row, id) -> row.setLong(1, id),
            row -> row.getLong(1))
        .isEmpty();
  }

  /// Ends whatever claims of these services there are: see [DueRows#endClaims]. Outcomes under
  /// these claims are overtaken.
  void endClaims(Handle tx, List<Lease.Finish> ends) {
    rows.endClaims(tx, ends);
    if (!locked.isEmpty()) { // otherwise there is one process, without Redis
      int[] _ = Rows.write(tx, ENDED, ends, (row, one) -> row.setLong(1, one.key()));
    }
  }

  /// The rows themselves: to claim and to finish.
  public DueRows<Row> rows() {
    return rows;
  }

  /// After the clock was set back: services that are due later than their interval allows are due
  /// now. One second of difference is accepted, as the clocks of processes differ.
  void correctDueTimes(Instant now) {
    commits.write(correcting, now);
  }

  /// Lets these services be due by `until`, unless they are being checked.
  void checkBy(Instant until, Collection<Long> services) {
    commits.write(checkingBy, new DueBy(until, List.copyOf(services)));
  }

  /// All writers lock the rows in the order of the ids.
  private int correctDueTimes(Handle tx, Instant now) {
    return tx.createUpdate(
            "UPDATE service_schedule SET due_at = :now WHERE service_id IN ("
                + "SELECT service_id FROM service_schedule"
                + " WHERE owner IS NULL AND due_at > :now + interval_ms + 1000"
                + " ORDER BY service_id"
                + locked
                + ")")
        .bind("now", now.toEpochMilli())
        .execute();
  }
}
