package dev.rollcall.server.page;

import dev.rollcall.server.monitor.Overview.Row;
import java.util.ArrayList;
import java.util.List;

/// What a watcher has on the screen, as hashes: enough to tell what is new for them, and small
/// enough to keep for each. Two hashes of 2^32 may meet; then a row is current one observation
/// later.
///
/// @param totals hash of everything beside the rows
/// @param ids the services, in their order
/// @param rows the hash of each
record Shown(int totals, List<Long> ids, List<Integer> rows) {
  static Shown of(Look look) {
    int totals = 31 * look.whole().hashCode() + look.matching().hashCode();
    totals = 31 * totals + look.network().hashCode();
    return new Shown(
        31 * totals + look.question().hashCode(),
        look.rows().stream().map(Row::id).toList(),
        look.rows().stream().map(Row::hashCode).toList());
  }

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

  /// The rows of `look` that differ from these. It lists the same services.
  List<Row> changed(Look look) {
    List<Row> changed = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = look.rows().get(i);
      if (rows.get(i) != row.hashCode()) {
        changed.add(row);
      }
    }
    return changed;
  }
}
