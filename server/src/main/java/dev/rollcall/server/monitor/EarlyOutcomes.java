package dev.rollcall.server.monitor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.ToIntFunction;

/// What was found of services that the database has given no id yet, in order, up to a bound on
/// what it all weighs. Past it a service's own oldest go first.
final class EarlyOutcomes {
  private final int most;
  private final ToIntFunction<Outcome> weight;
  private final IdentityHashMap<RunState, Deque<Outcome>> waiting = new IdentityHashMap<>();
  private int weighs;
  private long lost;

  /// @param weight what one counts for, at least 1
  EarlyOutcomes(int most, ToIntFunction<Outcome> weight) {
    this.most = most;
    this.weight = weight;
  }

  /// Lets one more wait, as long as its service has no id.
  ///
  /// @return false where it has one by now
  synchronized boolean add(RunState state, Outcome outcome) {
    if (!state.isProvisional()) {
      return false;
    }
    Deque<Outcome> its = waiting.computeIfAbsent(state, _ -> new ArrayDeque<>());
    int more = weight.applyAsInt(outcome);
    while (weighs + more > most && !its.isEmpty()) {
      int oldest = weight.applyAsInt(its.removeFirst());
      weighs -= oldest;
      lost += oldest;
      state.doubt();
    }
    if (weighs + more > most) {
      lost += more;
      state.doubt();
    } else {
      its.addLast(outcome);
      weighs += more;
    }
    return true;
  }

  /// Gives a service its id, and hands out what waited for that, oldest first.
  synchronized List<Outcome> adopt(RunState state, RunState.Known known, long claimed) {
    state.adopt(known, claimed);
    Deque<Outcome> its = waiting.remove(state);
    if (its == null) {
      return List.of();
    }
    its.forEach(outcome -> weighs -= weight.applyAsInt(outcome));
    return its.stream().map(state::claimed).toList();
  }

  /// Lets go of what was found of a service that is gone.
  synchronized void forget(RunState state) {
    Deque<Outcome> its = waiting.remove(state);
    if (its != null) {
      its.forEach(outcome -> weighs -= weight.applyAsInt(outcome));
    }
  }

  /// What all that waits weighs.
  synchronized int size() {
    return weighs;
  }

  /// What all that went lost for want of room weighed, since the start.
  synchronized long lost() {
    return lost;
  }
}
