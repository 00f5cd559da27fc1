package dev.rollcall.server.sql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The items of one caller in a [GroupCommit], and the thread that waits for them.
final class PendingWrite<I, R> {
  /// What the thread has to do.
  enum Instruction {
    WAIT,
    LEAD,
    RETURN
  }

  private final Batch<I, R> kind;
  private final List<I> items;
  private final Thread thread = Thread.currentThread();
  private List<R> results = List.of();
  private @Nullable RuntimeException failure;
  private volatile Instruction instruction = Instruction.WAIT;

  PendingWrite(Batch<I, R> kind, List<I> items) {
    this.kind = kind;
    this.items = items;
  }

  Batch<I, R> kind() {
    return kind;
  }

  int size() {
    return items.size();
  }

  /// The total weight of its items, at least 1 for each.
  int weight() {
    long sum = 0;
    for (I item : items) {
      sum += Math.max(1, kind.weight(item));
    }
    return (int) Math.min(Integer.MAX_VALUE, sum);
  }

  void failed(RuntimeException reason) {
    failure = reason;
  }

  /// Tells the waiting thread what to do; what was set before is visible to it.
  void instruct(Instruction next) {
    instruction = next;
    if (thread != Thread.currentThread()) {
      LockSupport.unpark(thread);
    }
  }

  /// Waits until it is told what to do. An interrupt does not end the wait, but is set again after
  /// it.
  Instruction await() {
    boolean interrupted = false;
    while (instruction == Instruction.WAIT) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      thread.interrupt();
    }
    return instruction;
  }

  /// The results, after [Instruction#RETURN].
  List<R> results() {
    RuntimeException reason = failure;
    if (reason == null) {
      return results;
    }
    throw reason instanceof StorageException storage ? storage.again() : reason;
  }

  /// Writes the items of several calls of one kind together.
  static <I, R> void apply(Handle tx, List<PendingWrite<I, R>> calls) {
    Batch<I, R> kind = calls.getFirst().kind;
    List<I> items =
        calls.size() == 1
            ? calls.getFirst().items
            : calls.stream().flatMap(pendingWrite -> pendingWrite.items.stream()).toList();
    List<R> results = ordered(tx, kind, items);
    int from = 0;
    for (PendingWrite<I, R> pendingWrite : calls) {
      pendingWrite.results = results.subList(from, from += pendingWrite.size());
    }
  }

  static <I, R> List<R> ordered(Handle tx, Batch<I, R> kind, List<I> items) {
    if (items.size() == 1 || kind.order().isEmpty()) {
      return checked(kind, items, kind.apply(tx, items));
    }
    Comparator<I> order = kind.order().get();
    int[] places =
        IntStream.range(0, items.size())
            .boxed()
            .sorted((a, b) -> order.compare(items.get(a), items.get(b)))
            .mapToInt(Integer::intValue)
            .toArray();
    List<I> sorted = IntStream.of(places).mapToObj(items::get).toList();
    List<R> found = checked(kind, sorted, kind.apply(tx, sorted));
    List<R> results = new ArrayList<>(found);
    for (int i = 0; i < places.length; i++) {
      results.set(places[i], found.get(i));
    }
    return Collections.unmodifiableList(results);
  }

  private static <I, R> List<R> checked(Batch<I, R> kind, List<I> items, List<R> results) {
    if (results.size() != items.size()) {
      throw new IllegalStateException(
          "%s: %d results for %d items".formatted(kind, results.size(), items.size()));
    }
    return results;
  }
}
