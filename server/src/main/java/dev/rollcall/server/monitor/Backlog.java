package dev.rollcall.server.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Outcomes that could not be written because the database was away: kept in memory, in order, up
/// to a bound, until it is back. Past the bound the oldest go first; what they would have told is
/// unknown from then on.
final class Backlog {
  private final int most;
  private final ArrayDeque<Outcome> waiting = new ArrayDeque<>();
  private long lost;

  Backlog(int most) {
    this.most = most;
  }

  synchronized void add(Outcome outcome) {
    if (waiting.size() == most) {
      waiting.removeFirst();
      lost++;
    }
    waiting.addLast(outcome);
  }

  /// Takes the oldest outcomes, at most `count`.
  synchronized List<Outcome> take(int count) {
    List<Outcome> taken = new ArrayList<>(Math.min(count, waiting.size()));
    while (taken.size() < count && !waiting.isEmpty()) {
      taken.add(waiting.removeFirst());
    }
    return taken;
  }

  /// Puts back what was taken and could not be written either.
  synchronized void putBack(Collection<Outcome> taken) {
    List<Outcome> younger = new ArrayList<>(waiting);
    waiting.clear();
    taken.forEach(this::add);
    younger.forEach(this::add);
  }

  synchronized int size() {
    return waiting.size();
  }

  /// How many went lost for want of room, since the start.
  synchronized long lost() {
    return lost;
  }
}
