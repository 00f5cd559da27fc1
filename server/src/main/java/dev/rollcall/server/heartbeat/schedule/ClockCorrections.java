package dev.rollcall.server.heartbeat.schedule;

import dev.rollcall.server.heartbeat.ping.Heartbeat;
import dev.rollcall.server.heartbeat.ping.HeartbeatSignal;
import dev.rollcall.server.heartbeat.ping.HeartbeatTransitions;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.heartbeat.store.HeartbeatTable;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.JobSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/// Corrects the times of heartbeats after the clock was set, by hand or by a time server.
///
/// Nobody knows whether the old or the new clock is right. Therefore:
///
/// - The time left until the next expected ping stays the same.
/// - A time of a schedule that the clock passes twice is expected once.
/// - A time of a schedule that the clock skipped is not missed.
/// - A heartbeat that is late by the old clock but not by the new one is not late.
final class ClockCorrections {
  private final GroupCommit commits;
  private final SignalWriter signalWriter;
  private final Duration realert;
  private final Batch<Correction, Integer> correcting = this::correctAll;

  /// @param now the time of the clock now
  /// @param by how far it was set forward; negative: back
  private record Correction(Instant now, Duration by) {}

  ClockCorrections(GroupCommit commits, SignalWriter signalWriter, Duration realert) {
    this.commits = commits;
    this.signalWriter = signalWriter;
    this.realert = realert;
  }

  /// The clock was set forward by `by`; or back, if it is negative.
  void clockSet(Instant now, Duration by) {
    commits.write(correcting, new Correction(now, by));
  }

  /// Call this at the start. The clock may have been set back while Rollcall was down: a heartbeat
  /// whose deadline is in the future is not late.
  void started(Instant now) {
    commits.write(correcting, new Correction(now, Duration.ZERO));
  }

  private List<Integer> correctAll(Handle tx, List<Correction> all) {
    return all.stream().map(each -> correct(tx, each)).toList();
  }

  private int correct(Handle tx, Correction one) {
    int back = clearLate(tx, one);
    if (one.by().isNegative()) {
      return back + moveBack(tx, one.now()) + schedules(tx, each -> back(each, one.now()));
    }
    return one.by().isZero()
        ? back
        : back + moveForward(tx, one) + schedules(tx, each -> on(each, one.now(), one.by()));
  }

  /// Finds heartbeats that became late while the clock was ahead: the clock was right at their last
  /// ping, and by the new clock their deadline is in the future. A heartbeat whose last ping came
  /// while the clock was ahead stays late: its ping and its deadline were measured with the same
  /// clock.
  private int clearLate(Handle tx, Correction one) {
    List<Heartbeat> back =
        pages(
            tx,
            HeartbeatTable.in(State.LATE)
                + " AND (schedule IS NOT NULL OR next_at + grace_s * 1000 > %d)"
                    .formatted(one.now().toEpochMilli()),
            late -> clearedIfNotLate(late, one));
    HeartbeatTable.change(tx, back);
    if (!back.isEmpty()) {
      signalWriter.write(
          tx, back.stream().map(each -> HeartbeatSignal.takenBack(each, one.now())).toList());
    }
    return back.size();
  }

  private static Optional<Heartbeat> clearedIfNotLate(Heartbeat late, Correction one) {
    Heartbeat corrected = one.by().isPositive() ? on(late, one.now(), one.by()) : late;
    boolean notLate =
        !late.lastKnown().isAfter(one.now()) && corrected.deadline().isAfter(one.now());
    return notLate ? Optional.of(HeartbeatTransitions.takenBack(corrected)) : Optional.empty();
  }

  /// No last ping can be in the future, and the next ping is expected as if the last one had come
  /// now at the latest.
  private int moveBack(Handle tx, Instant now) {
    return tx.createUpdate(
            """
            UPDATE heartbeat SET
              last_at = CASE WHEN last_at > :now THEN :now ELSE last_at END,
              late_since = CASE WHEN late_since > :now THEN :now ELSE late_since END,
              next_at = CASE WHEN next_at > :now + frequency_s * 1000 THEN :now + frequency_s * 1000 ELSE next_at END,
              due_at = CASE WHEN due_at IS NULL THEN NULL ELSE :now END
            WHERE last_at > :now OR next_at > :now + frequency_s * 1000
              OR (state = 2 AND due_at > :now + :realert)\
            """)
        .bind("now", now.toEpochMilli())
        .bind("realert", realert.toMillis())
        .execute();
  }

  /// The time left until the next ping stays the same. `due_at` stays: rows that are due by then
  /// are examined at once, and get their deadline as `due_at`.
  private static int moveForward(Handle tx, Correction one) {
    return tx.createUpdate(
            "UPDATE heartbeat SET next_at = next_at + :by"
                + " WHERE frequency_s IS NOT NULL AND state NOT IN (2, 4)") // late, paused
        .bind("by", one.by().toMillis())
        .execute();
  }

  /// SQL cannot compute the next time of a schedule, so these rows are changed here.
  private static int schedules(Handle tx, UnaryOperator<Heartbeat> correction) {
    List<Heartbeat> changed =
        pages(
            tx,
            "schedule IS NOT NULL AND state <> " + State.LATE.code(),
            old -> Optional.of(correction.apply(old)).filter(each -> !each.equals(old)));
    HeartbeatTable.change(tx, changed);
    return changed.size();
  }

  /// If the expected time is later than the second next time of the schedule, it was computed by a
  /// clock that was far ahead.
  private static Heartbeat back(Heartbeat old, Instant now) {
    JobSchedule schedule = old.expectation().schedule();
    Instant next = schedule.next(now);
    return old.moments().next().isAfter(schedule.next(next))
        ? HeartbeatTransitions.expected(old, next)
        : old;
  }

  /// A ping from before the clock was set forward may have been for the time that the clock had not
  /// reached. A time that the clock skipped is not expected of any ping.
  private static Heartbeat on(Heartbeat old, Instant now, Duration by) {
    JobSchedule schedule = old.expectation().schedule();
    Instant next = old.moments().next();
    if (schedule instanceof JobSchedule.Every) {
      return old;
    }
    Instant called = old.moments().last().map(at -> schedule.next(at.plus(by))).orElse(next);
    if (called.isAfter(next)) {
      next = called;
    }
    boolean passed = !old.expectation().deadline(next).isAfter(now);
    boolean skipped = old.deadline().isAfter(now.minus(by));
    if (passed && skipped) {
      next = schedule.next(now);
    }
    return next.equals(old.moments().next()) ? old : HeartbeatTransitions.expected(old, next);
  }

  private static List<Heartbeat> pages(
      Handle tx, String where, Function<Heartbeat, Optional<Heartbeat>> correction) {
    List<Heartbeat> corrected = new ArrayList<>();
    long place = Long.MIN_VALUE;
    List<Heartbeat> page;
    do {
      page = page(tx, where, place);
      page.forEach(each -> correction.apply(each).ifPresent(corrected::add));
      place = page.isEmpty() ? place : page.getLast().id();
    } while (page.size() == LateHeartbeats.AT_ONCE);
    return corrected;
  }

  private static List<Heartbeat> page(Handle tx, String where, long after) {
    return Rows.read(
        tx,
        "SELECT "
            + HeartbeatTable.COLUMNS
            + " FROM heartbeat WHERE "
            + where
            + " AND id > ? ORDER BY id LIMIT "
            + LateHeartbeats.AT_ONCE,
        after,
        (row, id) -> row.setLong(1, id),
        HeartbeatTable::heartbeat);
  }
}
