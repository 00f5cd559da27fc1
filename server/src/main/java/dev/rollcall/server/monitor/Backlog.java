package dev.rollcall.server.monitor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// What waits to be written, in order, up to a bound on what it all weighs. Past it the oldest go
/// first.
///
/// @param <T> what waits
final class Backlog<T> {
  private final int most;
  private final ToIntFunction<T> weight;
  private final Consumer<T> whenLost;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private int weighs;
  private long lost;

  /// @param weight what one counts for, at least 1
  /// @param whenLost hears of each that went for want of room
  Backlog(int most, ToIntFunction<T> weight, Consumer<T> whenLost) {
    this.most = most;
    this.weight = weight;
    this.whenLost = whenLost;
  }

  /// Lets one more wait; tells whether it is the first.
  synchronized boolean add(T one) {
    int its = weight.applyAsInt(one);
    while (!waiting.isEmpty() && weighs + its > most) {
      T oldest = removed();
      lost += weight.applyAsInt(oldest);
      whenLost.accept(oldest);
    }
    waiting.addLast(one);
    weighs += its;
    return waiting.size() == 1;
  }

  private T removed() {
    T oldest = waiting.removeFirst();
    weighs -= weight.applyAsInt(oldest);
    return oldest;
  }

  /// Takes the oldest, at least one and otherwise no more than weigh `count`.
  synchronized List<T> take(int count) {
    List<T> taken = new ArrayList<>(Math.min(count, waiting.size()));
    int left = count;
    while (!waiting.isEmpty()
        && (taken.isEmpty() || weight.applyAsInt(waiting.getFirst()) <= left)) {
      T oldest = removed();
      left -= weight.applyAsInt(oldest);
      taken.add(oldest);
    }
    return taken;
  }

  /// Puts back what was taken and could not be written, before what came meanwhile.
  synchronized void putBack(Collection<T> taken) {
    List<T> younger = new ArrayList<>(waiting);
    waiting.clear();
    weighs = 0;
    taken.forEach(this::add);
    younger.forEach(this::add);
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
