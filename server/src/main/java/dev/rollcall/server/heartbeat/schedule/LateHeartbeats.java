package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatSignal;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions.Step;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatTable;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/// Finds heartbeats that are due. It writes their changes and signals in the transaction that finds
/// them, so that none is lost if the process ends.
final class LateHeartbeats {
  /// Longer transactions would delay pings that come meanwhile.
  static final int AT_ONCE = 2_000;

  /// Returned by [#look] if it waited so long for the database that pings may be waiting there too.
  static final int HELD_UP = -1;

  private static final String MOVE = "UPDATE heartbeat SET due_at = ? WHERE id = ?";

  private final Database database;
  private final GroupCommit commits;
  private final SignalWriter signalWriter;
  private final Duration realert;
  private final Clock clock;
  private final DueRows<Heartbeat> rows;
  private final Batch<Looking, Integer> looking = this::lookAll;
  private final Batch<Heartbeat, Boolean> moving = LateHeartbeats::moveAll;

  /// @param after only rows that became due after it
  /// @param until and by this time
  /// @param now a heartbeat whose deadline has passed by this time is late
  /// @param asked when the search was requested, on the monotonic clock
  private record Looking(Instant after, Instant until, Instant now, Duration asked) {}

  /// The last row of the previous page.
  private record Place(long due, long id) {}

  LateHeartbeats(
      Database database,
      GroupCommit commits,
      SignalWriter signalWriter,
      Duration realert,
      Clock clock) {
    this.database = database;
    this.commits = commits;
    this.signalWriter = signalWriter;
    this.realert = realert;
    this.clock = clock;
    this.rows =
        new DueRows<>(
            database,
            commits,
            clock,
            new DueTable<>(
                "heartbeat",
                "id",
                HeartbeatTable.COLUMNS,
                (row, _) -> HeartbeatTable.named(row),
                _ -> Duration.ZERO,
                DueTable.AS_FINISHED));
  }

  /// When the next row is due.
  Optional<Instant> earliest() {
    return rows.earliest();
  }

  /// Examines rows that became due after `after` and until `until`.
  ///
  /// A heartbeat is late if its deadline had passed by `now`. That is before this method waits for
  /// anything: every ping that came by then is written first.
  ///
  /// @param asked when this was requested, on the monotonic clock
  /// @return how many rows there were, at most [#AT_ONCE]; or [#HELD_UP]: no heartbeat was changed
  int look(Instant after, Instant until, Instant now, Duration asked) {
    return commits.write(looking, new Looking(after, until, now, asked));
  }

  private List<Integer> lookAll(Handle tx, List<Looking> all) {
    return all.stream().map(one -> look(tx, one)).toList();
  }

  private int look(Handle tx, Looking one) {
    if (clock.monotonic().minus(one.asked()).compareTo(LostCalls.LONG) >= 0) {
      return HELD_UP;
    }
    Instant now = one.now();
    List<Lease<Heartbeat>> due = rows.lock(tx, one.after(), one.until(), AT_ONCE);
    List<Heartbeat> moved = new ArrayList<>();
    List<Heartbeat> changed = new ArrayList<>();
    List<Signal> signals = new ArrayList<>();
    for (Lease<Heartbeat> lease : due) {
      Heartbeat before = lease.row();
      Step step = HeartbeatTransitions.look(before, now, realert);
      Heartbeat after = step.after().orElseThrow();
      (after.state() == before.state() ? moved : changed).add(after);
      HeartbeatSignal.of(Optional.of(before), step, OptionalLong.empty(), now)
          .ifPresent(signals::add);
    }
    move(tx, moved);
    HeartbeatTable.change(tx, changed);
    if (!signals.isEmpty()) {
      signalWriter.write(tx, signals);
    }
    return due.size();
  }

  /// Call this after an outage that ended at `start`. A row may be due although its deadline has
  /// not passed: its `due_at` is moved to its deadline. Every row that is still due by `start`
  /// missed its deadline during the outage.
  void moveToDeadlines(Instant start) {
    Place place = new Place(Long.MIN_VALUE, Long.MIN_VALUE);
    while (true) {
      List<Heartbeat> some = dueBy(start, place);
      commits.writeAll(
          moving,
          some.stream()
              .filter(each -> each.state() != State.LATE && each.deadline().isAfter(start))
              .toList());
      if (some.size() < AT_ONCE) {
        return;
      }
      place = new Place(millisDue(some.getLast()), some.getLast().id());
    }
  }

  private static long millisDue(Heartbeat heartbeat) {
    return heartbeat.moments().due().orElseThrow().toEpochMilli();
  }

  private List<Heartbeat> dueBy(Instant start, Place after) {
    return database.read(
        handle ->
            Rows.read(
                handle,
                "SELECT "
                    + HeartbeatTable.COLUMNS
                    + " FROM heartbeat WHERE due_at <= ? AND (due_at, id) > (?, ?)"
                    + " ORDER BY due_at, id LIMIT ?",
                after,
                (row, place) -> {
                  row.setLong(1, start.toEpochMilli());
                  row.setLong(2, place.due());
                  row.setLong(3, place.id());
                  row.setInt(4, AT_ONCE);
                },
                HeartbeatTable::heartbeat));
  }

  /// Skips heartbeats that got a ping meanwhile, and those that are due later already.
  private static List<Boolean> moveAll(Handle tx, List<Heartbeat> heartbeats) {
    Rows.write(
        tx,
        "UPDATE heartbeat SET due_at = ? WHERE id = ? AND next_at = ? AND due_at < ?",
        heartbeats.stream().sorted(Comparator.comparingLong(Heartbeat::id)).toList(),
        (row, heartbeat) -> {
          row.setLong(1, heartbeat.deadline().toEpochMilli());
          row.setLong(2, heartbeat.id());
          row.setLong(3, heartbeat.moments().next().toEpochMilli());
          row.setLong(4, heartbeat.deadline().toEpochMilli());
        });
    return heartbeats.stream().map(_ -> true).toList();
  }

  private static void move(Handle tx, List<Heartbeat> heartbeats) {
    Rows.write(
        tx,
        MOVE,
        heartbeats,
        (row, heartbeat) -> {
          InstantColumns.set(row, 1, heartbeat.moments().due());
          row.setLong(2, heartbeat.id());
        });
  }
}
