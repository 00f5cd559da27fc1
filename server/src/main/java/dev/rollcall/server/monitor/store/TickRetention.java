package dev.rollcall.server.monitor.store;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Once an hour, in one process only: prepares the tables for the next ticks, and deletes ticks
/// that are older than the retention. Counts, events and hourly sums stay.
public final class TickRetention implements AutoCloseable {
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration LEASE = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofSeconds(30);

  private final GroupCommit commits;
  private final DueRows<Long> due;
  private final DayTable ticks;
  private final Duration retention;
  private final Clock clock;
  private final BackgroundLoop loop =
      new BackgroundLoop("ticks-cleanup", "the cleanup of old data", LOOK, this::round);
  private final Batch<Lease.Finish, Boolean> finishing = this::finish;

  /// @param retention how long ticks are kept
  public TickRetention(Database database, GroupCommit commits, Duration retention, Clock clock) {
    this.commits = commits;
    this.retention = retention;
    this.clock = clock;
    this.ticks = new DayTable(database, commits, "service_tick", "service_id");
    this.due =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                "tick_retention",
                "id",
                "id",
                (row, _) -> row.getLong("id"),
                _ -> LEASE,
                DueTable.AS_FINISHED));
  }

  /// Prepares the tables for today's ticks, and starts the thread.
  public void start() {
    ticks.prepare(clock.wall());
    due.releaseAbandoned();
    loop.start();
  }

  private Duration round() {
    due.claim(clock.wall(), 1).forEach(this::work);
    return LOOK;
  }

  private void work(Lease<Long> lease) {
    ticks.prepare(clock.wall());
    ticks.forget(clock.wall().minus(retention));
    commits.write(finishing, lease.finish(clock.wall().plus(EVERY)));
  }

  private List<Boolean> finish(Handle tx, List<Lease.Finish> done) {
    return due.finish(tx, done);
  }

  @Override
  public void close() {
    loop.close();
  }
}
