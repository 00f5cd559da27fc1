package dev.rollcall.server.sql;

import java.time.Instant;

/// A due row that this process has claimed, until its lease runs out.
///
/// @param key the row's key
/// @param due when the row was due
/// @param fence counts the claims of the row: a late finish of an earlier one is told by it
/// @param row its other columns
public record Lease<T>(long key, Instant due, long fence, T row) {
  /// To finish it: see [DueRows#finish].
  public Finish finish(Instant at) {
    return new Finish(key, fence, at);
  }

  /// The end of a lease.
  ///
  /// @param at what the table's expression for the next due instant calls `:at`
  public record Finish(long key, long fence, Instant at) {}
}
