package dev.rollcall.server.sql;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// One kind of write: it writes several items at once. Create an instance once and keep it, since
/// [GroupCommit] groups only items that were passed with the same instance.
///
/// @param <I> the type of the items
/// @param <R> the result for the caller; the item itself, or a `Boolean`, if there is no other
@FunctionalInterface
public interface Batch<I, R> {
  /// Writes the items, and returns one result for each, in their order.
  ///
  /// It runs inside a transaction, which it must neither commit nor roll back. It may run again
  /// with some of the items, if others fail or the connection breaks: change nothing outside of the
  /// database here. It must not call [GroupCommit] itself. Use [Handle#prepareBatch] instead of a
  /// statement for each item: it takes a seventh of the time.
  List<R> apply(Handle tx, List<I> items);

  /// The weight of an item. [GroupCommit] limits the weight that is written at once: the weight of
  /// an item is its number of rows.
  default int weight(I item) {
    return 1;
  }

  /// The order in which items are passed to [#apply], by the key of the row, if several may change
  /// one row. Two transactions of PostgreSQL that lock rows in the same order cannot deadlock.
  /// Equal items keep the order in which they came. Without an order, all do.
  default Optional<Comparator<I>> order() {
    return Optional.empty();
  }

  /// The same with the items in the [#order], and the results in the order of the items: for those
  /// that apply items of this kind in a transaction of their own kind.
  default List<R> applyInOrder(Handle tx, List<I> items) {
    return items.isEmpty() ? List.of() : PendingWrite.ordered(tx, this, items);
  }

  /// What the items survive after their commit. If kinds share a transaction, all get the strongest
  /// durability of them.
  default Durability durability() {
    return Durability.POWER;
  }
}
