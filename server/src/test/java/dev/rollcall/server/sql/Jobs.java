package dev.rollcall.server.sql;

import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// Due rows as the tests use them: a job runs each interval, on its phase, and leaves a row for
/// each run.
final class Jobs {
  private static final String NEXT = "((? - phase_ms) / interval_ms + 1) * interval_ms + phase_ms";

  record Job(Instant due, Duration interval, Duration phase) {}

  final DueRows<Duration> due;
  private final Batch<Lease.Finish, Boolean> finishes = this::finishAll;
  private final GroupCommit commits;

  /// As another process that shares the database claims them.
  Jobs(Database database, GroupCommit commits, Clock clock) {
    this(database, commits, clock, new Claimant(clock));
  }

  Jobs(Database database, GroupCommit commits, Clock clock, Claimant claimant) {
    this.commits = commits;
    this.due =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                "job",
                "id",
                "interval_ms",
                (row, context) -> Duration.ofMillis(row.getLong("interval_ms")),
                Jobs::lease,
                NEXT),
            claimant);
  }

  /// Half as long again as the interval, but at most an hour.
  private static Duration lease(Duration interval) {
    Duration lease = interval.multipliedBy(3).dividedBy(2);
    return lease.compareTo(Duration.ofHours(1)) < 0 ? lease : Duration.ofHours(1);
  }

  void add(int number, Instant at, Duration interval) {
    Batch<Integer, Integer> kind =
        (tx, ids) -> {
          try (PreparedBatch batch =
              tx.prepareBatch(
                  "INSERT INTO job (id, due_at, interval_ms) VALUES (:id, :due, :interval)")) {
            for (int id : ids) {
              batch
                  .bind("id", id)
                  .bind("due", at.toEpochMilli() + id)
                  .bind("interval", interval.toMillis())
                  .add();
            }
            batch.execute();
          }
          return ids;
        };
    List<Integer> ids = new ArrayList<>();
    for (int id = 0; id < number; id++) {
      ids.add(id);
    }
    commits.writeAll(kind, ids);
  }

  /// True where the lease was still held.
  boolean finish(Lease<Duration> lease, Instant at) {
    return commits.write(finishes, lease.finish(at));
  }

  private List<Boolean> finishAll(Handle tx, List<Lease.Finish> items) {
    List<Boolean> valid = due.finish(tx, items);
    try (PreparedBatch runs =
        tx.prepareBatch("INSERT INTO run (job_id, fence) VALUES (:job, :fence)")) {
      for (int i = 0; i < items.size(); i++) {
        if (valid.get(i)) {
          runs.bind("job", items.get(i).key()).bind("fence", items.get(i).fence()).add();
        }
      }
      runs.execute();
    }
    return valid;
  }
}
