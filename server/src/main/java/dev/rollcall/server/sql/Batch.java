package dev.rollcall.server.sql;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// One kind of write: how many items of it are written at once. An instance is made once and kept,
/// as [GroupCommit] brings together what was handed over with the same instance.
///
/// @param <I> what is to be written
/// @param <R> what the caller learns from it; the item itself, or a `Boolean`, where there is
///   nothing to learn
@FunctionalInterface
public interface Batch<I, R> {
  /// Writes the items, and returns one result for each, in their order.
  ///
  /// It runs inside a transaction, which it neither commits nor rolls back. It may run again with
  /// some of the items, when others fail or the connection broke: nothing outside of the database
  /// may change here. It must not call [GroupCommit] itself. Use [Handle#prepareBatch] rather than
  /// a statement for each item: it costs a seventh.
  List<R> apply(Handle tx, List<I> items);

  /// What an item counts for where [GroupCommit] bounds how many are written at once: an item that
  /// is many rows counts for them all.
  default int weight(I item) {
    return 1;
  }

  /// The order in which the items are given to [#apply], where several may touch one row: by the
  /// key of the row. Two transactions of PostgreSQL that lock rows in one order cannot deadlock.
  /// Equal items stay in the order in which they came. Without it, all stay so.
  default Optional<Comparator<I>> order() {
    return Optional.empty();
  }

  /// What its items survive once they are committed. A transaction that several kinds share gives
  /// all of them the most that one of them asks for.
  default Durability durability() {
    return Durability.POWER;
  }
}
