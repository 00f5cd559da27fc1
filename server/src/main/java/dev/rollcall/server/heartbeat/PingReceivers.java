package dev.rollcall.server.heartbeat;

import dev.rollcall.server.heartbeat.LostCalls.Span;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DatabaseLocation;
import dev.rollcall.server.sql.Durability;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The processes that take calls of jobs, as whoever looks for lateness knows them: this one, and
/// others on the same PostgreSQL.
///
/// Each counts on in the database once a second, and counts there how often it could not hear. So
/// whoever looks learns of one that stands still, cannot reach the database or turns calls away,
/// and no clocks are compared. Where none is left, nobody is accused; where others are, one that
/// fell silent excuses for five minutes at most, as it may be gone for good.
final class PingReceivers implements AutoCloseable {
  /// How often a process counts on, and how often the counts are read.
  private static final Duration EACH = Duration.ofSeconds(1);

  /// Who has not counted on for so long takes no calls.
  static final Duration SILENT = Duration.ofSeconds(5);

  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private final Database database;
  private final GroupCommit commits;
  private final LostCalls own;
  private final Clock clock;
  private final boolean shared;
  private final long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private final Batch<Count, Boolean> counting = new Counting();
  private final BackgroundLoop loop =
      new BackgroundLoop("listeners", "telling other processes", EACH, this::countOn);
  private volatile boolean listening;
  private volatile boolean looking;
  private long counts;

  private final Map<Long, Seen> others = new HashMap<>();
  private Duration read;
  private Duration heard;

  /// @param counts 0 where it has stopped
  private record Count(long id, long counts, long unheard) {}

  /// @param at it counted on after that, on our monotonic clock
  /// @param moved whether it was seen to count on: others may be left from long ago
  private record Seen(long counts, long unheard, Duration at, boolean moved) {}

  /// @param own what this process could not hear
  PingReceivers(Database database, GroupCommit commits, LostCalls own, Clock clock) {
    this(
        database,
        commits,
        own,
        clock,
        database.location() instanceof DatabaseLocation.PostgresServer);
  }

  PingReceivers(
      Database database, GroupCommit commits, LostCalls own, Clock clock, boolean shared) {
    this.database = database;
    this.commits = commits;
    this.own = own;
    this.clock = clock;
    this.shared = shared;
    this.read = clock.monotonic();
    this.heard = read;
  }

  /// This process takes calls from now on.
  void listen() {
    listening = true;
    if (shared) {
      loop.start();
    }
  }

  private Duration countOn() {
    try {
      count();
    } catch (StorageException e) {
      // whoever looks sees that nothing comes
    }
    return EACH;
  }

  /// Tells others that this process is there, and whether it could hear.
  void count() {
    if (!looking) {
      own.take(); // nobody else here asks
    }
    counts++;
    commits.write(counting, new Count(id, counts, own.missed()));
  }

  /// When calls were unheard since this was last asked, here or elsewhere.
  Optional<Span> unheard() {
    looking = true;
    return Span.join(own.take(), shared ? elsewhere() : Optional.empty());
  }

  /// How long ago it was known last that the others can hear.
  Duration lag() {
    Duration now = clock.monotonic();
    return others.values().stream()
        .filter(one -> takesCalls(one, now))
        .map(one -> now.minus(one.at()))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private Optional<Span> elsewhere() {
    Duration now = clock.monotonic();
    Duration before = read;
    if (now.minus(before).compareTo(EACH) < 0) {
      return Optional.empty();
    }
    List<Count> rows = rows();
    read = now;
    others.keySet().retainAll(rows.stream().map(Count::id).toList());
    Optional<Span> missed = Optional.empty();
    for (Count row : rows) {
      Seen known = others.get(row.id());
      if (known != null && row.unheard() > known.unheard()) {
        missed = Span.join(missed, Optional.of(new Span(known.at(), now)));
      }
      Seen seen = seen(row, known, before);
      others.put(row.id(), seen);
      Duration silent = now.minus(seen.at());
      if (seen.moved()
          && silent.compareTo(SILENT) >= 0
          && silent.compareTo(RejectedCalls.MOST) < 0) {
        missed = Span.join(missed, Optional.of(new Span(seen.at(), now)));
      } else if (silent.compareTo(FORGOTTEN) > 0) {
        commits.write(counting, new Count(row.id(), 0, 0));
      }
    }
    if (listening || others.values().stream().anyMatch(one -> takesCalls(one, now))) {
      heard = now;
      return missed;
    }
    return Span.join(missed, Optional.of(new Span(heard, now)));
  }

  private static Seen seen(Count row, @Nullable Seen known, Duration before) {
    if (known == null) {
      return new Seen(row.counts(), row.unheard(), before, false);
    }
    return row.counts() == known.counts()
        ? known
        : new Seen(row.counts(), row.unheard(), before, true);
  }

  private static boolean takesCalls(Seen one, Duration now) {
    return one.moved() && now.minus(one.at()).compareTo(SILENT) < 0;
  }

  private List<Count> rows() {
    return database.read(
        handle ->
            Rows.read(
                handle,
                "SELECT id, counts, unheard FROM heartbeat_listener WHERE id <> ?",
                id,
                (row, mine) -> row.setLong(1, mine),
                row -> new Count(row.getLong(1), row.getLong(2), row.getLong(3))));
  }

  /// Counts no more: calls go elsewhere from now on.
  @Override
  public void close() {
    loop.close();
    if (!listening || !shared) {
      return;
    }
    try {
      commits.write(counting, new Count(id, 0, 0));
    } catch (StorageException e) {
      // the others forget it by themselves
    }
  }

  private static final class Counting implements Batch<Count, Boolean> {
    @Override
    public List<Boolean> apply(Handle tx, List<Count> all) {
      Rows.write(
          tx,
          "INSERT INTO heartbeat_listener (id, counts, unheard) VALUES (?, ?, ?)"
              + " ON CONFLICT (id) DO UPDATE SET counts = excluded.counts,"
              + " unheard = excluded.unheard",
          all.stream().filter(one -> one.counts() > 0).toList(),
          (row, one) -> {
            row.setLong(1, one.id());
            row.setLong(2, one.counts());
            row.setLong(3, one.unheard());
          });
      Rows.write(
          tx,
          "DELETE FROM heartbeat_listener WHERE id = ?",
          all.stream().filter(one -> one.counts() == 0).toList(),
          (row, one) -> row.setLong(1, one.id()));
      return all.stream().map(_ -> true).toList();
    }

    @Override
    public Optional<Comparator<Count>> order() {
      return Optional.of(Comparator.comparingLong(Count::id));
    }

    @Override
    public Durability durability() {
      return Durability.PROCESS;
    }
  }
}
