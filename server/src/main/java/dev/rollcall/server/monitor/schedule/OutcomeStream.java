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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Outcomes of checks in streams of Redis, and how they are written to the database, by whichever
/// process.
///
/// An outcome may wait there for minutes, and the service may have been claimed again before it is
/// written. It is written nevertheless, unless an outcome of a later claim is written already: then
/// another process has checked the service since.
final class OutcomeStream implements StreamKind<Outcome, Boolean>, Batch<Outcome, Boolean> {
  private static final String NEWEST =
      "UPDATE service_schedule SET written = ? WHERE service_id = ? AND written <= ?";

  private final Schedule schedule;
  private final Clock clock;
  private final SignalWriter signals;
  private final Consumer<List<Outcome>> committed;
  private final Runnable lost;

  OutcomeStream(
      Schedule schedule,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed,
      Runnable lost) {
    this.schedule = schedule;
    this.clock = clock;
    this.signals = signals;
    this.committed = committed;
    this.lost = lost;
  }

  /// Outcomes that go through Redis.
  ///
  /// @param signals gets the confirmed changes of state
  /// @param committed is called with the outcomes after their commit, and returns at once
  /// @param lost runs after a commit if services that are traced are lost, or no longer
  static StreamBuffer<Outcome, Boolean> in(
      Redis redis,
      Schedule schedule,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed,
      Runnable lost) {
    return redis.buffer(new OutcomeStream(schedule, clock, signals, committed, lost));
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
    schedule
        .rows()
        .finishOfAny(
            tx,
            outcomes.stream()
                .map(
                    one ->
                        new Lease.Finish(one.serviceId(), one.fence(), clock.wall(), one.repeat()))
                .toList());
    int[] newest =
        Rows.write(
            tx,
            NEWEST,
            outcomes,
            (row, one) -> {
              row.setLong(1, one.fence());
              row.setLong(2, one.serviceId());
              row.setLong(3, one.fence());
            });
    List<Outcome> valid = new ArrayList<>();
    List<Boolean> which = new ArrayList<>();
    for (int i = 0; i < newest.length; i++) {
      which.add(newest[i] > 0);
      if (newest[i] > 0) {
        valid.add(outcomes.get(i));
      }
    }
    List<Outcome> written = OutcomeRows.write(tx, valid, signals, lost, clock.wall());
    tx.afterCommit(() -> committed.accept(written));
    return which;
  }
}
