package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.check.Streak;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.sql.InstantColumns;
import dev.rollcall.server.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Stores the streaks, and finds confirmed changes of state. It writes nothing for a service whose
/// observations agree with its confirmed state.
final class StreakStore {
  /// The columns that [#streak] reads.
  static final String COLUMNS =
      "m.confirmed_state, m.against_count, m.against_down, m.against_since";

  /// The state in a signal if the service is gone.
  private static final String REMOVED = "removed";

  private static final String SET =
      "UPDATE service_metric SET confirmed_state = ?, against_count = ?, against_down = ?,"
          + " against_since = ? WHERE service_id = ?";

  private StreakStore() {}

  /// Writes the changed streaks.
  ///
  /// A change is a signal if the database has another confirmed state: so it is one exactly once,
  /// also if the memory of this process and the database differ.
  ///
  /// @return the changes to slow and down, and from these
  static List<Signal> write(Handle tx, List<Outcome> outcomes, Instant now) {
    List<Signal> signals = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.newStreak().isPresent()) {
        Streak streak = outcome.newStreak().get();
        before(tx, outcome.serviceId())
            .flatMap(before -> signal(tx, before, streak, outcome, now))
            .ifPresent(signals::add);
        set(tx, outcome.serviceId(), streak);
      }
    }
    return signals;
  }

  private static Optional<ServiceMetricRow<Streak>> before(Handle tx, long service) {
    return ServiceMetricRow.read(tx, service, COLUMNS, StreakStore::streak);
  }

  private static Optional<Signal> signal(
      Handle tx, ServiceMetricRow<Streak> before, Streak streak, Outcome outcome, Instant now) {
    Optional<State> from = before.part().confirmed();
    Optional<State> to = streak.confirmed();
    if (to.isEmpty() || from.equals(to) || !(isWrong(from) || isWrong(to))) {
      return Optional.empty();
    }
    Observation seen = outcome.observation();
    return Optional.of(
        new Signal(
            before.service(),
            from.map(State::word).orElse("new"),
            to.get().word(),
            cause(seen),
            seen.at(),
            before.part().since().orElse(seen.at()),
            found(seen, now),
            AnswerJson.of(
                seen.measurements().unexpected(),
                lastGood(tx, outcome),
                seen.measurements().path())));
  }

  /// The last path that reached a service, if there is one now to compare it with.
  private static Optional<Path> lastGood(Handle tx, Outcome outcome) {
    return outcome
        .observation()
        .measurements()
        .path()
        .flatMap(_ -> PathStore.lastGood(tx, outcome.serviceId()));
  }

  private static boolean isWrong(Optional<State> confirmed) {
    return confirmed.filter(state -> state == State.DOWN || state == State.SLOW).isPresent();
  }

  private static Optional<String> cause(Observation seen) {
    return seen instanceof Observation.Slow slow ? Optional.of(slow.reason()) : seen.why();
  }

  /// When the answer came, which may be minutes ago if the database was away; not ahead of a clock
  /// that was set back.
  static Instant found(Observation seen, Instant now) {
    Instant end = seen.at().plus(seen.response());
    return end.isBefore(now) ? end : now;
  }

  /// A service is removed: its confirmed state is forgotten.
  ///
  /// @return the end of the state, if it was slow or down, or its certificate ends soon
  static List<Signal> remove(Handle tx, long service, Instant now) {
    boolean warned = CertificateStore.forget(tx, service);
    Optional<ServiceMetricRow<Streak>> before =
        before(tx, service).filter(one -> warned || isWrong(one.part().confirmed()));
    before
        .filter(one -> isWrong(one.part().confirmed()))
        .ifPresent(_ -> set(tx, service, Streak.NONE));
    return before.stream()
        .map(
            one ->
                new Signal(
                    one.service(),
                    warned
                        ? CertificateStore.ENDS_SOON
                        : one.part().confirmed().map(State::word).orElse("new"),
                    REMOVED,
                    Optional.empty(),
                    now,
                    now,
                    now))
        .toList();
  }

  /// The confirmed state of a service is no longer known.
  static void forget(Handle tx, long service) {
    set(tx, service, Streak.NONE);
  }

  private static void set(Handle tx, long service, Streak streak) {
    Rows.write(
        tx,
        SET,
        List.of(streak),
        (row, one) -> {
          if (one.confirmed().isPresent()) {
            row.setInt(1, one.confirmed().get().code());
          } else {
            row.setNull(1, Types.SMALLINT);
          }
          row.setInt(2, one.against());
          row.setInt(3, one.downs());
          InstantColumns.set(row, 4, one.since());
          row.setLong(5, service);
        });
  }

  /// Reads the [#COLUMNS].
  static Streak streak(ResultSet row) throws SQLException {
    int confirmed = row.getInt("confirmed_state");
    Optional<State> state =
        row.wasNull() ? Optional.empty() : Optional.of(State.CODEC.ofCode(confirmed));
    return new Streak(
        state,
        row.getInt("against_count"),
        row.getInt("against_down"),
        InstantColumns.instant(row, "against_since"));
  }
}
