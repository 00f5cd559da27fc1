package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// All rows that outcomes change: ticks, counts, hourly sums, events, streaks and certificates.
public final class OutcomeRows {
  private OutcomeRows() {}

  /// Writes outcomes, and those of the derived services in them, within a transaction. An outcome
  /// that was written before changes nothing.
  ///
  /// @param signals gets the confirmed changes of state
  /// @param lost runs after the commit if services that are traced are lost, or no longer
  /// @return the outcomes that were new, with those of derived services
  public static List<Outcome> write(
      Handle tx, List<Outcome> outcomes, SignalWriter signals, Runnable lost, Instant now) {
    List<Outcome> written = inserted(tx, outcomes);
    List<Signal> changes = new ArrayList<>();
    List<Outcome> derived = DerivedServices.of(tx, written, changes);
    TickStore.insert(tx, derived);
    written.addAll(derived);
    MetricStore.add(tx, written);
    HourStore.add(tx, written);
    LatencyStore.add(tx, written);
    EventStore.apply(tx, written);
    changes.addAll(StreakStore.write(tx, written, now));
    changes.addAll(CertificateStore.write(tx, written, now));
    signals.write(tx, changes);
    if (TracedServices.write(tx, written)) {
      tx.afterCommit(lost);
    }
    return written;
  }

  /// Adds the ticks of outcomes.
  ///
  /// @return the outcomes whose tick was not there yet
  private static List<Outcome> inserted(Handle tx, List<Outcome> outcomes) {
    int[] added = TickStore.insert(tx, outcomes);
    List<Outcome> inserted = new ArrayList<>(outcomes.size());
    for (int i = 0; i < added.length; i++) {
      if (added[i] > 0) {
        inserted.add(outcomes.get(i));
      }
    }
    return inserted;
  }
}
