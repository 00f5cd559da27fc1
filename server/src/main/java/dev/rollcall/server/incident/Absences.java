package dev.rollcall.server.incident;

import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.ClockWatch;
import dev.rollcall.server.time.SleepClock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;

/// Notices that nobody looked for more than a minute, and tells the channels that ask for it, once:
/// no process was running, the machines slept, or they had no network, or no database and nothing
/// that keeps what comes meanwhile.
///
/// As long as it can look, a process stamps one row each 15 s, and when it stops. The first stamp
/// after a gap tells of it, in its transaction. So an absence ends when one process can look again,
/// and begins up to 15 s too early if the program was killed.
///
/// Whoever looks while the database is away notes that in memory, and tells the others
/// ([OfflineMonitoring]): see [MonitoringGaps].
public final class Absences implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Absences.class.getName());
  private static final Duration EACH = Duration.ofSeconds(15);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /// A wall clock that gains or loses more than this was set.
  private static final Duration SET = Duration.ofSeconds(2);

  private final Database database;
  private final GroupCommit commits;
  private final Outbox outbox;
  private final BooleanSupplier knowsChannels;
  private final BooleanSupplier looks;
  private final OfflineMonitoring offline;
  private final Clock clock;
  private final ClockWatch clocks;
  private final Batch<Look, Optional<Absence>> stamping =
      (tx, looks) -> looks.stream().map(look -> stamp(tx, look)).toList();
  private final BackgroundLoop loop =
      new BackgroundLoop("absences", "the watch for absences", AGAIN, this::round);

  /// Apart from the other one, which waits for the database.
  private final BackgroundLoop withoutDatabase =
      new BackgroundLoop("absences-offline", "noting that checks go on", AGAIN, this::note);

  private final MonitoringGaps gaps = new MonitoringGaps(SHORTEST);

  /// While the database is away: whether checks go on, and what comes is kept, for example in
  /// Redis.
  public interface OfflineMonitoring {
    /// Nothing is kept without the database.
    OfflineMonitoring NONE =
        new OfflineMonitoring() {
          @Override
          public boolean isRunning() {
            return false;
          }

          @Override
          public void tellOthers() {}
        };

    /// Whether this process goes on with its checks without the database, and all that comes is
    /// kept.
    boolean isRunning();

    /// Tells the other processes that this one does so. They call [Absences#heardOfAnother]. It
    /// returns at once.
    void tellOthers();
  }

  /// What this process knows of the time since its last stamp.
  ///
  /// @param set how far the wall clock was set
  /// @param since how long ago it stamped, or looked without the database; empty: it has done
  ///   neither yet
  /// @param gap when it did not look since the stamp, ago, if that was for too long
  private record Look(Duration set, Optional<Duration> since, Optional<MonitoringGaps.Gap> gap) {}

  /// A span in which nobody looked.
  private record Absence(Instant from, Instant to) {
    boolean isLong() {
      return Duration.between(from, to).compareTo(SHORTEST) > 0;
    }
  }

  /// @param knowsChannels whether the channels have been read: before, nobody could be told
  /// @param looks whether this process can observe anything: whether it has a network
  /// @param offline how it goes on while the database is away
  public Absences(
      Database database,
      GroupCommit commits,
      Outbox outbox,
      BooleanSupplier knowsChannels,
      BooleanSupplier looks,
      OfflineMonitoring offline,
      SleepClock sleep,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.outbox = outbox;
    this.knowsChannels = knowsChannels;
    this.looks = looks;
    this.offline = offline;
    this.clock = clock;
    this.clocks = new ClockWatch(clock, sleep, SET);
  }

  public void start() {
    loop.start();
    if (offline != OfflineMonitoring.NONE) {
      withoutDatabase.start();
    }
  }

  /// Another process looks while the database is away.
  public void heardOfAnother() {
    gaps.anotherMonitors(clock.monotonic());
  }

  Duration note() {
    if (looks.getAsBoolean() && offline.isRunning()) {
      gaps.monitors(clock.monotonic());
      offline.tellOthers();
    }
    return AGAIN;
  }

  Duration round() {
    if (!knowsChannels.getAsBoolean()) {
      return AGAIN;
    }
    if (!looks.getAsBoolean()) {
      return EACH;
    }
    ClockWatch.Change change = clocks.look();
    commits
        .write(stamping, look(change))
        .ifPresent(
            absence ->
                LOG.log(
                    Level.WARNING,
                    "nobody looked from {0} to {1}: Rollcall was not running, or had no database"
                        + " or network",
                    absence.from().truncatedTo(ChronoUnit.SECONDS),
                    absence.to().truncatedTo(ChronoUnit.SECONDS)));
    clocks.seen(change);
    gaps.stamp(change.monotonic());
    return EACH;
  }

  private Look look(ClockWatch.Change change) {
    Duration now = change.monotonic();
    return new Look(
        change.set(),
        gaps.last().map(last -> now.minus(last).plus(change.slept())),
        gaps.gap().map(gap -> gap.ago(now)));
  }

  /// A wall clock that was set is no absence. Another process may have stamped after it was set, so
  /// none is longer than the time since the last stamp of this one.
  private Optional<Absence> stamp(Handle tx, Look look) {
    // of several processes, one tells
    int rows = tx.createUpdate("UPDATE alive SET at = at WHERE id = 1").execute();
    Instant now = clock.wall();
    if (rows == 0) {
      tx.createUpdate("INSERT INTO alive (id, at) VALUES (1, :now) ON CONFLICT (id) DO NOTHING")
          .bind("now", now.toEpochMilli())
          .execute();
      return Optional.empty();
    }
    long last = tx.createQuery("SELECT at FROM alive WHERE id = 1").mapTo(Long.class).one();
    tx.createUpdate("UPDATE alive SET at = :now WHERE id = 1")
        .bind("now", now.toEpochMilli())
        .execute();
    Instant stamp = Instant.ofEpochMilli(last).plus(look.set());
    Instant from = look.since().map(now::minus).filter(stamp::isBefore).orElse(stamp);
    Optional<Absence> absence =
        Optional.of(new Absence(from, now))
            .filter(Absence::isLong)
            .or(() -> look.gap().map(gap -> absence(gap, stamp, now)).filter(Absence::isLong));
    absence.ifPresent(one -> tell(tx, one));
    return absence;
  }

  /// Whoever has stamped since has looked until then.
  private static Absence absence(MonitoringGaps.Gap gap, Instant stamp, Instant now) {
    Instant from = now.minus(gap.from());
    return new Absence(from.isBefore(stamp) ? stamp : from, now.minus(gap.to()));
  }

  private void tell(Handle tx, Absence absence) {
    outbox.add(
        tx,
        outbox.channels().stream()
            .filter(routed -> routed.route().absences())
            .filter(routed -> routed.channel().tells(Notification.Kind.ABSENCE))
            .map(routed -> notification(routed, absence))
            .toList());
  }

  private static Notification notification(RoutedChannel routed, Absence absence) {
    return new Notification(
        routed.channel().name(),
        "rollcall",
        Notification.Kind.ABSENCE,
        "absence:" + absence.to().toEpochMilli(),
        new Message("Rollcall", absence.from(), absence.to(), Optional.empty()),
        false);
  }

  @Override
  public void close() {
    withoutDatabase.close();
    loop.close();
    if (gaps.isStamped() && looks.getAsBoolean() && database.trouble().isEmpty()) {
      try {
        commits.write(stamping, look(clocks.look()));
      } catch (StorageException e) {
        // the last stamp counts
      }
    }
  }
}
