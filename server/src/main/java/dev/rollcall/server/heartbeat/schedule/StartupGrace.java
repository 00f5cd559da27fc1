package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The grace after a start or an outage: a deadline that passed before it counts as missed only
/// after Rollcall has been up for the grace, in total, since then.
///
/// Starts are stored with how long each run lasted. So a server that restarts again and again
/// neither reports jobs that had no time to call, nor leaves late ones unreported for ever. Nothing
/// is written for single heartbeats: the grace follows from when they were due. Used by one thread
/// only.
final class StartupGrace {
  private static final Duration STAMP = Duration.ofSeconds(5);

  /// Which rows may become late now.
  ///
  /// @param before those due by this time; empty: none
  /// @param after and those due after this time
  record LateRange(Optional<Instant> before, Instant after) {}

  /// An earlier start, and how long Rollcall has been up since then, without the present run.
  private record Start(Instant at, Duration up) {}

  private record Stamp(Instant at, long upMillis, Instant oldest) {}

  private final Database database;
  private final GroupCommit commits;
  private final Clock clock;
  private final Duration grace;
  private final Batch<Stamp, Boolean> stamping = StartupGrace::write;
  private List<Start> earlier = List.of();
  private Instant started = Instant.EPOCH;
  private Duration since = Duration.ZERO;
  private Duration stamped = Duration.ZERO;

  StartupGrace(Database database, GroupCommit commits, Duration grace, Clock clock) {
    this.database = database;
    this.commits = commits;
    this.grace = grace;
    this.clock = clock;
  }

  /// Rollcall was unavailable until `until`, on the monotonic clock: it has just started, the
  /// machine slept, or pings were lost. Rows that are due by now get the grace, since a job may
  /// call some seconds before its expected time.
  void begin(Duration until) {
    started = clock.wall();
    since = until;
    stamped = since;
    List<Start> starts = new ArrayList<>();
    Duration up = Duration.ZERO;
    for (Start start : stored()) {
      up = up.plus(start.up());
      starts.add(new Start(start.at(), up));
      if (up.compareTo(grace) >= 0) {
        break; // the grace of all earlier starts has passed
      }
    }
    earlier = starts;
    stamp(Duration.ZERO);
  }

  /// Which rows may become late now.
  LateRange mayBecomeLate() {
    Duration up = clock.monotonic().minus(since);
    if (up.compareTo(grace) >= 0) {
      return new LateRange(Optional.empty(), Instant.ofEpochMilli(Long.MIN_VALUE));
    }
    Optional<Instant> before =
        earlier.stream()
            .filter(start -> start.up().plus(up).compareTo(grace) >= 0)
            .map(Start::at)
            .max(Instant::compareTo);
    return new LateRange(before, started);
  }

  /// When the present run began.
  Instant started() {
    return started;
  }

  /// Stores how long the present run lasts, until it reaches the grace.
  void stamp() {
    Duration now = clock.monotonic();
    Duration up = now.minus(since);
    boolean done = stamped.minus(since).compareTo(grace) >= 0;
    if (!done && now.minus(stamped).compareTo(STAMP) >= 0) {
      stamp(up);
      stamped = now;
    }
  }

  private void stamp(Duration up) {
    Instant oldest = earlier.isEmpty() ? started : earlier.getLast().at();
    commits.write(stamping, new Stamp(started, up.toMillis(), oldest));
  }

  /// Earlier starts, newest first.
  private List<Start> stored() {
    return database.read(
        handle ->
            Rows.read(
                handle,
                "SELECT started_at, up_ms FROM heartbeat_start WHERE started_at < ?"
                    + " ORDER BY started_at DESC",
                started.toEpochMilli(),
                (row, at) -> row.setLong(1, at),
                row ->
                    new Start(
                        Instant.ofEpochMilli(row.getLong(1)), Duration.ofMillis(row.getLong(2)))));
  }

  private static List<Boolean> write(Handle tx, List<Stamp> stamps) {
    Rows.write(
        tx,
        "INSERT INTO heartbeat_start (started_at, up_ms) VALUES (?, ?)"
            + " ON CONFLICT (started_at) DO UPDATE SET up_ms = excluded.up_ms",
        stamps,
        (row, stamp) -> {
          row.setLong(1, stamp.at().toEpochMilli());
          row.setLong(2, stamp.upMillis());
        });
    Rows.write(
        tx,
        "DELETE FROM heartbeat_start WHERE started_at < ?",
        stamps,
        (row, stamp) -> row.setLong(1, stamp.oldest().toEpochMilli()));
    return stamps.stream().map(_ -> true).toList();
  }
}
