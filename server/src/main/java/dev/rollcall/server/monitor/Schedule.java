package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.DueRows;
import dev.rollcall.server.sql.DueTable;
import dev.rollcall.server.sql.GroupCommit;
import java.time.Duration;

/// Whose turn it is when: the due rows of the services.
final class Schedule {
  private Schedule() {}

  /// What a turn tells beside the service's id.
  ///
  /// @param revision which version of the definition is valid
  /// @param lease how long one run may take
  record Row(long revision, Duration lease) {}

  static DueRows<Row> of(Database database, GroupCommit commits, Clock clock) {
    return new DueRows<>(
        database,
        commits,
        clock,
        new DueTable<>(
            "service_schedule",
            "service_id",
            "revision, lease_ms",
            (row, _) ->
                new Row(row.getLong("revision"), Duration.ofMillis(row.getLong("lease_ms"))),
            Row::lease,
            Spread.NEXT_DUE));
  }
}
