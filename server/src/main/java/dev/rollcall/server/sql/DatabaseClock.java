package dev.rollcall.server.sql;

import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.time.SharedClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Keeps a [SharedClock] at the time of a PostgreSQL server: asks before anybody else uses the
/// database, and then every second.
final class DatabaseClock implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DatabaseClock.class.getName());
  private static final String ASK = "SELECT " + InstantColumns.POSTGRES_NOW;
  private static final Duration EVERY = Duration.ofSeconds(1);

  /// A process that starts is slow. It asks again, a few times, until an answer took less.
  private static final Duration QUICK = Duration.ofMillis(50);

  private static final int AT_FIRST = 5;

  /// A difference of clocks from which on somebody should set them.
  private static final Duration WRONG = Duration.ofSeconds(2);

  /// The database, once it is open.
  interface Reading {
    /// Calls `read` with a connection.
    ///
    /// @throws StorageException if the database fails
    void read(Consumer<Handle> read);
  }

  private final SharedClock clock;
  private final Reading reading;
  private final BackgroundLoop loop =
      new BackgroundLoop("clock", "asking the database for the time", EVERY, this::round);
  private Duration warned = Duration.ZERO;

  DatabaseClock(SharedClock clock, Reading reading) {
    this.clock = clock;
    this.reading = reading;
  }

  SharedClock clock() {
    return clock;
  }

  /// Asks for the first time, and again and again from then on.
  ///
  /// @throws StorageException if the database fails
  void start(Handle first) {
    boolean quick = false;
    for (int i = 0; i < AT_FIRST && !quick; i++) {
      quick = ask(first).compareTo(QUICK) < 0;
    }
    warn();
    loop.start();
  }

  private Duration round() {
    try {
      reading.read(this::ask);
      warn();
    } catch (StorageException e) {
      // The time goes on without it.
    }
    return EVERY;
  }

  /// @return how long the answer took
  private Duration ask(Handle handle) {
    Duration asked = clock.monotonic();
    Instant told =
        handle.createQuery(ASK).map((row, _) -> Instant.ofEpochMilli(row.getLong(1))).one();
    Duration answered = clock.monotonic();
    clock.follow(told, asked, answered);
    return answered.minus(asked);
  }

  /// Says once which machine is wrong, and by how much.
  private void warn() {
    Duration ahead = Duration.ofSeconds(Math.round(clock.ownAhead().toMillis() / 1e3));
    if (ahead.minus(warned).abs().compareTo(WRONG) <= 0) {
      return;
    }
    warned = ahead;
    if (ahead.abs().compareTo(WRONG) > 0) {
      LOG.log(
          Level.WARNING,
          "the clock of this machine is {0} {1} that of the database: Rollcall uses that of the"
              + " database; set the clocks, as with NTP",
          Durations.words(ahead.abs()),
          ahead.isNegative() ? "behind" : "ahead of");
    }
  }

  @Override
  public void close() {
    loop.close(Duration.ZERO); // it may be waiting for a connection
  }
}
