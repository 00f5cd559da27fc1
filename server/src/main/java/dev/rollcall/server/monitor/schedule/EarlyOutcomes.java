package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.store.ServiceStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.ToIntFunction;

/// Outcomes of services that have no id in the database yet, in order. Their total weight is
/// limited; if it would be exceeded, the oldest outcomes of the same service are lost, and if that
/// is not enough, the new one.
final class EarlyOutcomes {
  private final int most;
  private final ToIntFunction<Outcome> weight;
  private final IdentityHashMap<RunState, Deque<Outcome>> waiting = new IdentityHashMap<>();
  private int totalWeight;
  private long lost;

  /// @param weight the weight of one outcome, at least 1
  EarlyOutcomes(int most, ToIntFunction<Outcome> weight) {
    this.most = most;
    this.weight = weight;
  }

  /// Adds an outcome if its service has no id yet.
  ///
  /// @return false if it has one by now
  synchronized boolean add(RunState state, Outcome outcome) {
    if (!state.isProvisional()) {
      return false;
    }
    Deque<Outcome> its = waiting.computeIfAbsent(state, _ -> new ArrayDeque<>());
    int more = weight.applyAsInt(outcome);
    while (totalWeight + more > most && !its.isEmpty()) {
      int oldest = weight.applyAsInt(its.removeFirst());
      totalWeight -= oldest;
      lost += oldest;
      state.outcomeLost();
    }
    if (totalWeight + more > most) {
      lost += more;
      state.outcomeLost();
    } else {
      its.addLast(outcome);
      totalWeight += more;
    }
    return true;
  }

  /// Sets the id of a service, and returns its outcomes, oldest first.
  synchronized List<Outcome> identify(
      RunState state, ScheduledCheck check, ServiceStore.Scheduled known, long claimed) {
    state.identify(check, known, claimed);
    Deque<Outcome> its = waiting.remove(state);
    if (its == null) {
      return List.of();
    }
    its.forEach(outcome -> totalWeight -= weight.applyAsInt(outcome));
    return its.stream().map(state::claimed).toList();
  }

  /// Drops the outcomes of a removed service.
  synchronized void forget(RunState state) {
    Deque<Outcome> its = waiting.remove(state);
    if (its != null) {
      its.forEach(outcome -> totalWeight -= weight.applyAsInt(outcome));
    }
  }

  /// The total weight of the outcomes.
  synchronized int size() {
    return totalWeight;
  }

  /// The total weight of the outcomes lost since the start.
  synchronized long lost() {
    return lost;
  }
}
