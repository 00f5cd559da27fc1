package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.store.OutcomeBytes;
import dev.rollcall.server.monitor.store.OutcomeRows;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.redis.StreamBuffer;
import dev.rollcall.server.redis.StreamKind;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.sql.Rows;
import dev.rollcall.server.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Outcomes of checks in streams of Redis, and how they are written to the database, by whichever
/// process.
///
/// An outcome may wait there for minutes, and the service may have been claimed again before it is
/// written. It is written nevertheless, unless an outcome of a later claim is written already: then
/// another process has checked the service since, and [OvertakenOutcomes] decides.
final class OutcomeStream implements StreamKind<Outcome, Boolean>, Batch<Outcome, Boolean> {
  private static final String NEWEST =
      "UPDATE service_schedule SET written = ? WHERE service_id = ? AND written <= ?";

  private static final String WRITTEN =
      "SELECT service_id, written FROM service_schedule WHERE service_id = ANY (?)";

  private final Schedule schedule;
  private final OvertakenOutcomes overtaken;
  private final Clock clock;
  private final SignalWriter signals;
  private final Consumer<List<Outcome>> committed;
  private final Runnable lost;

  OutcomeStream(
      Schedule schedule,
      OvertakenOutcomes overtaken,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed,
      Runnable lost) {
    this.schedule = schedule;
    this.overtaken = overtaken;
    this.clock = clock;
    this.signals = signals;
    this.committed = committed;
    this.lost = lost;
  }

  /// Outcomes that go through Redis.
  ///
  /// @param overtaken writes those of earlier claims
  /// @param signals gets the confirmed changes of state
  /// @param committed is called with the outcomes after their commit, and returns at once
  /// @param lost runs after a commit if services that are traced are lost, or no longer
  static StreamBuffer<Outcome, Boolean> in(
      Redis redis,
      Schedule schedule,
      OvertakenOutcomes overtaken,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed,
      Runnable lost) {
    return redis.buffer(new OutcomeStream(schedule, overtaken, clock, signals, committed, lost));
  }

  @Override
  public String name() {
    return "statuses";
  }

  @Override
  public Object subject(Outcome outcome) {
    return outcome.serviceId();
  }

  @Override
  public byte[] encode(Outcome outcome) {
    return OutcomeBytes.of(List.of(outcome));
  }

  @Override
  public Outcome decode(byte[] bytes) {
    return OutcomeBytes.read(bytes).getFirst();
  }

  @Override
  public Optional<byte[]> encodeResult(Boolean written) {
    return Optional.empty();
  }

  @Override
  public Boolean decodeResult(byte[] bytes) {
    throw new IllegalArgumentException("nobody waits for results");
  }

  @Override
  public Batch<Outcome, Boolean> batch() {
    return this;
  }

  /// Outcomes of one service stay in order, and all writers lock rows in the same order.
  @Override
  public Optional<Comparator<Outcome>> order() {
    return Optional.of(Comparator.comparingLong(Outcome::serviceId));
  }

  /// Returns for each outcome whether it was written. One that was written before is not counted
  /// again.
  @Override
  public List<Boolean> apply(Handle tx, List<Outcome> outcomes) {
    boolean[] timely = timely(outcomes, written(tx, outcomes));
    if (count(timely) < timely.length) { // all writers lock all rows in the same order
      outcomes.stream()
          .map(Outcome::serviceId)
          .distinct()
          .sorted()
          .forEach(service -> schedule.lock(tx, service));
      timely = timely(outcomes, written(tx, outcomes));
    }
    schedule
        .rows()
        .finishOfAny(
            tx,
            outcomes.stream()
                .map(
                    one ->
                        new Lease.Finish(one.serviceId(), one.fence(), clock.wall(), one.repeat()))
                .toList());
    List<Outcome> valid = chosen(outcomes, timely, true);
    int[] _ =
        Rows.write(
            tx,
            NEWEST,
            valid,
            (row, one) -> {
              row.setLong(1, one.fence());
              row.setLong(2, one.serviceId());
              row.setLong(3, one.fence());
            });
    List<Outcome> written = OutcomeRows.write(tx, valid, signals, lost, clock.wall());
    tx.afterCommit(() -> committed.accept(written));
    return count(timely) == timely.length
        ? Collections.nCopies(timely.length, true)
        : merged(timely, overtaken.apply(tx, chosen(outcomes, timely, false)));
  }

  /// The last claim of each service whose outcome is written.
  private static Map<Long, Long> written(Handle tx, List<Outcome> outcomes) {
    Map<Long, Long> written = new HashMap<>();
    Rows.read(
            tx,
            WRITTEN,
            outcomes,
            (row, all) ->
                row.setArray(
                    1,
                    row.getConnection()
                        .createArrayOf(
                            "bigint", all.stream().map(Outcome::serviceId).distinct().toArray())),
            row -> Map.entry(row.getLong(1), row.getLong(2)))
        .forEach(one -> written.put(one.getKey(), one.getValue()));
    return written;
  }

  /// Which outcomes are not overtaken. Whoever found something under a later claim did not know
  /// what is written of an overtaken one before: that is overtaken too.
  private static boolean[] timely(List<Outcome> outcomes, Map<Long, Long> written) {
    boolean[] timely = new boolean[outcomes.size()];
    for (int i = 0; i < timely.length; i++) {
      Outcome one = outcomes.get(i);
      timely[i] = written.getOrDefault(one.serviceId(), Long.MAX_VALUE) <= one.fence();
      written.put(one.serviceId(), timely[i] ? one.fence() : Long.MAX_VALUE);
    }
    return timely;
  }

  private static int count(boolean[] which) {
    int count = 0;
    for (boolean one : which) {
      count += one ? 1 : 0;
    }
    return count;
  }

  private static List<Outcome> chosen(List<Outcome> outcomes, boolean[] timely, boolean which) {
    List<Outcome> chosen = new ArrayList<>(timely.length);
    for (int i = 0; i < timely.length; i++) {
      if (timely[i] == which) {
        chosen.add(outcomes.get(i));
      }
    }
    return chosen;
  }

  private static List<Boolean> merged(boolean[] timely, List<Boolean> others) {
    Iterator<Boolean> left = others.iterator();
    List<Boolean> which = new ArrayList<>(timely.length);
    for (boolean one : timely) {
      which.add(one || left.next());
    }
    return which;
  }
}
