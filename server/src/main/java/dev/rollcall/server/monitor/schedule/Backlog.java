package dev.rollcall.server.monitor.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// Items that wait to be written, in order. Their total weight is limited; if it would be exceeded,
/// the oldest items are lost.
///
/// @param <T> the type of the items
final class Backlog<T> {
  private final int most;
  private final ToIntFunction<T> weight;
  private final Consumer<T> whenLost;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private int totalWeight;
  private long lost;

  /// @param weight the weight of one item, at least 1
  /// @param whenLost is called with each item that is lost
  Backlog(int most, ToIntFunction<T> weight, Consumer<T> whenLost) {
    this.most = most;
    this.weight = weight;
    this.whenLost = whenLost;
  }

  /// Adds an item.
  ///
  /// @return whether it is the only one
  synchronized boolean add(T one) {
    int its = weight.applyAsInt(one);
    while (!waiting.isEmpty() && totalWeight + its > most) {
      T oldest = removed();
      lost += weight.applyAsInt(oldest);
      whenLost.accept(oldest);
    }
    waiting.addLast(one);
    totalWeight += its;
    return waiting.size() == 1;
  }

  private T removed() {
    T oldest = waiting.removeFirst();
    totalWeight -= weight.applyAsInt(oldest);
    return oldest;
  }

  /// The oldest item.
  synchronized Optional<T> oldest() {
    return Optional.ofNullable(waiting.peekFirst());
  }

  /// Removes and returns the oldest items: at least one, otherwise up to the weight `count`.
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

  /// Puts back items that could not be written, before those that were added meanwhile.
  synchronized void putBack(Collection<T> taken) {
    List<T> younger = new ArrayList<>(waiting);
    waiting.clear();
    totalWeight = 0;
    taken.forEach(this::add);
    younger.forEach(this::add);
  }

  /// The total weight of the items.
  synchronized int size() {
    return totalWeight;
  }

  /// The total weight of the items lost since the start.
  synchronized long lost() {
    return lost;
  }
}
