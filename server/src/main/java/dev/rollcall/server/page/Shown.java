package dev.rollcall.server.page;

import java.util.List;
import java.util.stream.IntStream;

/// What a watcher has on the screen, as hashes: enough to tell what is new for them, and small
/// enough to keep for each. Two hashes of 2^32 may meet; then a row is current one observation
/// later.
///
/// @param totals hash of everything beside the rows
/// @param ids what the rows are about, in their order
/// @param rows the hash of each
record Shown(int totals, List<Long> ids, List<Integer> rows) {
  /// One word for all of it. It means something to the process that said it, and to no other.
  String mark() {
    return Integer.toHexString(hashCode());
  }

  boolean sameTotals(Shown other) {
    return totals == other.totals;
  }

  boolean sameList(Shown other) {
    return ids.equals(other.ids);
  }

  /// The places of the rows of `now` that differ from these. It lists the same.
  List<Integer> changed(Shown now) {
    return IntStream.range(0, rows.size())
        .filter(place -> !rows.get(place).equals(now.rows.get(place)))
        .boxed()
        .toList();
  }
}
