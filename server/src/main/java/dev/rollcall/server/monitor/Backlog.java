package dev.rollcall.server.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/// What waits to be written, in order, up to a bound. Past it the oldest go first.
///
/// @param <T> what waits
final class Backlog<T> {
  private final int most;
  private final Consumer<T> whenLost;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private long lost;

  /// @param whenLost hears of each that went for want of room
  Backlog(int most, Consumer<T> whenLost) {
    this.most = most;
    this.whenLost = whenLost;
  }

  /// Lets one more wait; tells whether it is the first.
  synchronized boolean add(T one) {
    if (waiting.size() == most) {
      whenLost.accept(waiting.removeFirst());
      lost++;
    }
    waiting.addLast(one);
    return waiting.size() == 1;
  }

  /// Takes the oldest, at most `count`.
  synchronized List<T> take(int count) {
    List<T> taken = new ArrayList<>(Math.min(count, waiting.size()));
    while (taken.size() < count && !waiting.isEmpty()) {
      taken.add(waiting.removeFirst());
    }
    return taken;
  }

  /// Puts back what was taken and could not be written, before what came meanwhile.
  synchronized void putBack(Collection<T> taken) {
    List<T> younger = new ArrayList<>(waiting);
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
