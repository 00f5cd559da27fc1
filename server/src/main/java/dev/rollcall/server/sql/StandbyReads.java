package dev.rollcall.server.sql;

import dev.rollcall.server.sql.DatabaseLocation.PostgresServer;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;

/// Reads from a standby of the database, as long as it is at most five seconds behind.
///
/// How far it is behind is measured once a second: the end of the primary's log is noted with the
/// time, and the standby is asked how far it has applied it. This needs neither equal clocks nor
/// writes, and notices a standby that gets nothing any more. While the primary cannot be asked, it
/// does not get older: what the standby has is the newest there is.
final class StandbyReads implements AutoCloseable {
  private static final Duration MOST_LAG = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int MOST_NOTES = 600;

  private static final String END = "SELECT CAST(pg_current_wal_lsn() - '0/0' AS BIGINT)";

  private static final String APPLIED =
      "SELECT CASE WHEN pg_is_in_recovery()"
          + " THEN CAST(pg_last_wal_replay_lsn() - '0/0' AS BIGINT) ELSE -1 END";

  /// The end of the primary's log at a time.
  private record Note(Duration at, long end) {}

  private final PostgresConnections connections;
  private final LongSupplier primaryEnd;
  private final Clock clock;
  private final BackgroundLoop loop;
  private final LongAdder served = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private volatile Optional<Duration> lag = Optional.empty();

  // Used by the thread of the loop only.
  private final Deque<Note> notes = new ArrayDeque<>();

  /// @param most how many reads may run at once
  /// @param primary reads from the primary
  StandbyReads(PostgresServer server, int most, Primary primary, Clock clock) {
    this.connections = PostgresConnections.standby(new PostgresHosts(server), most);
    this.primaryEnd = () -> primary.read(handle -> number(handle, END));
    this.clock = clock;
    this.loop = new BackgroundLoop("database-lag", "the watch of the standby", LOOK, this::round);
    loop.start();
  }

  /// Reads from the primary.
  @FunctionalInterface
  interface Primary {
    long read(Function<Handle, Long> read);
  }

  /// The result of `read` from the standby; empty if it is away or too far behind.
  <T> Optional<T> read(Function<Handle, T> read) {
    if (isFresh()) {
      try (Handle handle = connections.jdbi().open()) {
        try {
          Optional<T> result = Optional.of(read.apply(handle));
          served.increment();
          return result;
        } catch (RuntimeException e) {
          Dialect.Diagnosis found = new Dialect.Postgres().diagnose(e);
          if (found.fault() == Dialect.Fault.STATEMENT) {
            throw e;
          }
          if (found.fault() != Dialect.Fault.CONFLICT) { // with what the standby applies
            connections.condemn(handle.getConnection());
            lag = Optional.empty();
          }
        }
      } catch (ConnectionException e) {
        lag = Optional.empty();
      }
    }
    refused.increment();
    return Optional.empty();
  }

  private boolean isFresh() {
    return lag.filter(now -> now.compareTo(MOST_LAG) <= 0).isPresent();
  }

  private Duration round() {
    note();
    lag = measured();
    return LOOK;
  }

  private void note() {
    try {
      notes.addLast(new Note(clock.monotonic(), primaryEnd.getAsLong()));
      if (notes.size() > MOST_NOTES) {
        notes.removeFirst();
      }
    } catch (StorageException e) {
      // The primary is away.
    }
  }

  /// How far the standby is behind; empty if it cannot be asked or is none any more.
  private Optional<Duration> measured() {
    long applied;
    try (Handle handle = connections.jdbi().open()) {
      applied = number(handle, APPLIED);
      if (applied < 0) {
        connections.condemn(handle.getConnection()); // it was promoted: another one may follow it
        return Optional.empty();
      }
    } catch (RuntimeException e) {
      return Optional.empty();
    }
    while (notes.size() > 1 && second().end() <= applied) {
      notes.removeFirst();
    }
    if (notes.isEmpty() || notes.getFirst().end() > applied) {
      return Optional.empty(); // it lacks more than was noted
    }
    return Optional.of(notes.getLast().at().minus(notes.getFirst().at()));
  }

  private Note second() {
    Iterator<Note> all = notes.iterator();
    all.next();
    return all.next();
  }

  private static long number(Handle handle, String sql) {
    return handle.createQuery(sql).mapTo(Long.class).one();
  }

  /// How far it is behind; empty while it is not known.
  Optional<Duration> lag() {
    return lag;
  }

  /// How many reads it has served.
  long served() {
    return served.sum();
  }

  /// How many the primary had to serve instead.
  long refused() {
    return refused.sum();
  }

  @Override
  public void close() {
    loop.close();
    connections.close();
  }
}
