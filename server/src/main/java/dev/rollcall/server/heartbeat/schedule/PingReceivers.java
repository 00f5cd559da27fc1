package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.schedule.LostCalls.Span;
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
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The processes that receive pings, as the process that finds late heartbeats knows them: this
/// one, and others on the same PostgreSQL.
///
/// Once a second, each process increments its counter in the database, and stores how often it
/// could not receive pings. The searching process reads these rows. So it notices a process that
/// stands still, cannot reach the database or rejects pings. No clocks are compared.
///
/// While no process receives pings, no heartbeat becomes late. If only one of several processes
/// falls silent, this lasts for half a minute at most: by then whoever shares out the calls has
/// noticed it, and the others get them.
public final class PingReceivers implements AutoCloseable {
  /// How often a process increments its counter, and how often the counters are read.
  private static final Duration EACH = Duration.ofSeconds(1);

  /// A process whose counter has not changed for this long receives no pings.
  static final Duration SILENT = Duration.ofSeconds(5);

  /// A balancer that asks each 10 s, and wants three failures, gives calls to the others after
  /// that.
  private static final Duration REPLACED = Duration.ofSeconds(30);

  private static final Duration FORGOTTEN = Duration.ofHours(1);

  private final Database database;
  private final GroupCommit commits;
  private final LostCalls own;
  private final Clock clock;
  private final boolean shared;
  private final long id = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private final Batch<Count, Boolean> counting = new Counting();
  private final BackgroundLoop loop =
      new BackgroundLoop("listeners", "telling other processes", EACH, this::countRepeatedly);
  private volatile boolean listening;
  private volatile boolean looking;
  private long counts;

  private final Map<Long, Seen> others = new HashMap<>();
  private Duration read;
  private Duration available;

  /// @param counts 0: the process has stopped
  /// @param unheard how often the process could not receive pings
  private record Count(long id, long counts, long unheard) {}

  /// @param at its counter last changed after this time, on our monotonic clock
  /// @param moved whether a change of its counter was seen; rows of old processes may be left
  private record Seen(long counts, long unheard, Duration at, boolean moved) {}

  /// @param own when this process could not receive pings
  public PingReceivers(Database database, GroupCommit commits, LostCalls own, Clock clock) {
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
    this.available = read;
  }

  /// This process receives pings from now on.
  public void listen() {
    listening = true;
    if (shared) {
      loop.start();
    }
  }

  private Duration countRepeatedly() {
    try {
      count();
    } catch (StorageException e) {
      // the process that searches notices that the counter stays the same
    }
    return EACH;
  }

  /// Increments the counter of this process, and stores how often it could not receive pings.
  void count() {
    if (!looking) {
      own.take(); // nothing else in this process calls it
    }
    counts++;
    commits.write(counting, new Count(id, counts, own.missed()));
  }

  /// When pings could not be received since the last call, by this process or others.
  Optional<Span> unheard() {
    looking = true;
    return Span.join(own.take(), shared ? lostByOthers() : Optional.empty());
  }

  /// How long ago another process was last known to receive pings; of several, the longest. Longer
  /// if pings that came before that still wait.
  Duration lag() {
    Duration now = clock.monotonic();
    return Stream.concat(
            Stream.of(own.lag()),
            others.values().stream()
                .filter(one -> takesCalls(one, now))
                .map(one -> now.minus(one.at())))
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  private Optional<Span> lostByOthers() {
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
      if (seen.moved() && silent.compareTo(SILENT) >= 0 && silent.compareTo(REPLACED) < 0) {
        missed = Span.join(missed, Optional.of(new Span(seen.at(), now)));
      } else if (silent.compareTo(FORGOTTEN) > 0) {
        commits.write(counting, new Count(row.id(), 0, 0));
      }
    }
    if (listening || others.values().stream().anyMatch(one -> takesCalls(one, now))) {
      available = now;
      return missed;
    }
    return Span.join(missed, Optional.of(new Span(available, now)));
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

  /// Deletes the row of this process: it receives no more pings.
  @Override
  public void close() {
    loop.close();
    if (!listening || !shared) {
      return;
    }
    try {
      commits.write(counting, new Count(id, 0, 0));
    } catch (StorageException e) {
      // the other processes delete the row after an hour
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
