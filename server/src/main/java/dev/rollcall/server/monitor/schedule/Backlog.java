package dev.rollcall.server.monitor.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// Items that wait to be written, those of each subject in order. Their total weight is limited; if
/// it would be exceeded, the oldest items are lost.
///
/// @param <T> the type of the items
final class Backlog<T> {
  /// How many times as much as others one subject may weigh at once.
  private static final int MOST_TIMES = 10;

  private final int most;
  private final ToIntFunction<T> weight;
  private final ToLongFunction<T> subject;
  private final Consumer<T> whenLost;
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private int totalWeight;
  private long lost;

  /// @param weight the weight of one item, at least 1
  /// @param subject what an item is about
  /// @param whenLost is called with each item that is lost
  Backlog(int most, ToIntFunction<T> weight, ToLongFunction<T> subject, Consumer<T> whenLost) {
    this.most = most;
    this.weight = weight;
    this.subject = subject;
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

  /// Removes and returns the oldest items and all about their subjects, in order: at least one
  /// subject, otherwise as many as together weigh up to `count`. So nobody who reads what is
  /// written finds the first half of what happened to a subject. Of one that alone weighs more than
  /// [#MOST_TIMES] as much, the rest stays.
  synchronized List<T> take(int count) {
    List<T> all = new ArrayList<>(waiting);
    waiting.clear();
    if (totalWeight <= count) {
      totalWeight = 0;
      return all;
    }
    Set<Long> subjects = oldest(all, count);
    List<T> taken = new ArrayList<>();
    int left = count * MOST_TIMES;
    for (T one : all) {
      if (left > 0 && subjects.contains(subject.applyAsLong(one))) {
        taken.add(one);
        left -= weight.applyAsInt(one);
        totalWeight -= weight.applyAsInt(one);
      } else {
        waiting.addLast(one);
      }
    }
    return taken;
  }

  /// The subjects of the oldest items: one, or as many as weigh up to `count`.
  private Set<Long> oldest(List<T> all, int count) {
    Map<Long, Integer> weights = new LinkedHashMap<>(); // in the order of their oldest items
    all.forEach(
        one -> weights.merge(subject.applyAsLong(one), weight.applyAsInt(one), Integer::sum));
    Set<Long> chosen = new HashSet<>();
    int left = count;
    for (Map.Entry<Long, Integer> each : weights.entrySet()) {
      left -= each.getValue();
      if (left < 0 && !chosen.isEmpty()) {
        break;
      }
      chosen.add(each.getKey());
    }
    return chosen;
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
