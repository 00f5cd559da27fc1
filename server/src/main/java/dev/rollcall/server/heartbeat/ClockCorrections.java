package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;

/// What follows for heartbeats where the clock was set, by hand or by a time server.
///
/// Nobody can say whether it was right before or is right now. So what was to come as long after
/// then comes as long after now, a moment of a schedule that the clock passed twice is expected
/// once, one that it leapt over is not missed, and who is late by the old clock and not by the new
/// one is not late.
final class ClockCorrections {
  private final GroupCommit commits;
  private final HeartbeatListener heartbeatListener;
  private final Duration realert;
  private final Batch<Correction, Integer> correcting = this::correctAll;

  /// @param now what the clock says now
  /// @param by how far it was set on, or back
  private record Correction(Instant now, Duration by) {}

  ClockCorrections(GroupCommit commits, HeartbeatListener heartbeatListener, Duration realert) {
    this.commits = commits;
    this.heartbeatListener = heartbeatListener;
    this.realert = realert;
  }

  /// The clock was set on by so much, or back.
  void clockSet(Instant now, Duration by) {
    commits.write(correcting, new Correction(now, by));
  }

  /// Nobody is late whose moment lies ahead: the clock was set back while Rollcall was down.
  void started(Instant now) {
    commits.write(correcting, new Correction(now, Duration.ZERO));
  }

  private List<Integer> correctAll(Handle tx, List<Correction> all) {
    return all.stream().map(each -> correct(tx, each)).toList();
  }

  private int correct(Handle tx, Correction one) {
    int back = takeBack(tx, one);
    if (one.by().isNegative()) {
      return back + setBack(tx, one.now()) + schedules(tx, each -> back(each, one.now()));
    }
    return one.by().isZero()
        ? back
        : back + setOn(tx, one) + schedules(tx, each -> on(each, one.now(), one.by()));
  }

  /// Those that went late as the clock was ahead: it was right when they called, and their moment
  /// lies ahead of what it says now. Who called while it was ahead missed a moment of the same
  /// clock.
  private int takeBack(Handle tx, Correction one) {
    List<Heartbeat> back =
        pages(
            tx,
            HeartbeatTable.in(State.LATE)
                + " AND (schedule IS NOT NULL OR next_at + grace_s * 1000 > %d)"
                    .formatted(one.now().toEpochMilli()),
            late -> takenBack(late, one));
    HeartbeatTable.change(tx, back);
    if (!back.isEmpty()) {
      heartbeatListener.tell(tx, back.stream().map(each -> well(each, one.now())).toList());
    }
    return back.size();
  }

  private static Optional<Heartbeat> takenBack(Heartbeat late, Correction one) {
    Heartbeat corrected = one.by().isPositive() ? on(late, one.now(), one.by()) : late;
    boolean untrue =
        !late.lastKnown().isAfter(one.now()) && corrected.deadline().isAfter(one.now());
    return untrue ? Optional.of(HeartbeatTransitions.takenBack(corrected)) : Optional.empty();
  }

  private static HeartbeatNotice well(Heartbeat each, Instant now) {
    return new HeartbeatNotice(
        each.id(), each.name(), HeartbeatNotice.Kind.RECOVERED, each.lastKnown(), now);
  }

  /// Nobody has called in the future, and the next comes as if the last call had come now at the
  /// latest.
  private int setBack(Handle tx, Instant now) {
    return tx.createUpdate(
            """
            UPDATE heartbeat SET
              last_at = CASE WHEN last_at > :now THEN :now ELSE last_at END,
              late_since = CASE WHEN late_since > :now THEN :now ELSE late_since END,
              next_at = CASE WHEN next_at > :now + frequency_s * 1000 THEN :now + frequency_s * 1000 ELSE next_at END,
              due_at = CASE WHEN due_at IS NULL THEN NULL ELSE :now END
            WHERE last_at > :now OR next_at > :now + frequency_s * 1000
              OR (state = 2 AND due_at > :now + :realert)""")
        .bind("now", now.toEpochMilli())
        .bind("realert", realert.toMillis())
        .execute();
  }

  /// As much time is left until the next as before. Rows whose moment to be looked at has come by
  /// that are looked at once, and moved.
  private static int setOn(Handle tx, Correction one) {
    return tx.createUpdate(
            "UPDATE heartbeat SET next_at = next_at + :by"
                + " WHERE frequency_s IS NOT NULL AND state NOT IN (2, 4)") // late, paused
        .bind("by", one.by().toMillis())
        .execute();
  }

  /// Whose next moment no arithmetic of SQL finds.
  private static int schedules(Handle tx, UnaryOperator<Heartbeat> correction) {
    List<Heartbeat> changed =
        pages(
            tx,
            "schedule IS NOT NULL AND state <> " + State.LATE.code(),
            old -> Optional.of(correction.apply(old)).filter(each -> !each.equals(old)));
    HeartbeatTable.change(tx, changed);
    return changed.size();
  }

  /// One further ahead than the next but one is from a clock that was far ahead.
  private static Heartbeat back(Heartbeat old, Instant now) {
    JobSchedule schedule = old.expectation().schedule();
    Instant next = schedule.next(now);
    return old.moments().next().isAfter(schedule.next(next))
        ? HeartbeatTransitions.expected(old, next)
        : old;
  }

  /// A call that came before the clock was set on may have been of the moment that the clock had
  /// not reached; and a moment that it leapt over is nobody's.
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
    boolean leapt = old.deadline().isAfter(now.minus(by));
    if (passed && leapt) {
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
