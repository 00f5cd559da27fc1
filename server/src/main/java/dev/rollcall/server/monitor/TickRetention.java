package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DayTable;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Once an hour, in one process only: prepares the tables for the next ticks, and deletes ticks
/// that are older than the retention. Counts, events and hourly sums stay.
final class TickRetention implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TickRetention.class.getName());
  private static final Duration EVERY = Duration.ofHours(1);
  private static final Duration LEASE = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofSeconds(30);

  private final GroupCommit commits;
  private final DueRows<Long> due;
  private final DayTable ticks;
  private final Duration retention;
  private final Clock clock;
  private final Thread thread = Thread.ofPlatform().daemon().name("upkeep").unstarted(this::run);
  private final Batch<Lease.Finish, Boolean> finishing = this::finish;

  /// @param retention how long ticks are kept
  TickRetention(Database database, GroupCommit commits, Duration retention, Clock clock) {
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
                "monitor_upkeep", "id", "id", (row, _) -> row.getLong("id"), _ -> LEASE, ":at"));
  }

  /// Prepares the tables for today's ticks, and starts the thread.
  void start() {
    ticks.prepare(clock.wall());
    due.releaseAbandoned();
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        try {
          for (Lease<Long> lease : due.claim(clock.wall(), 1)) {
            work(lease);
          }
        } catch (StorageException e) {
          LOG.log(Level.WARNING, "the cleanup of old data waits for the database: " + e.reason());
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "the cleanup of old data failed in Rollcall itself", e);
        }
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closing
    }
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
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
