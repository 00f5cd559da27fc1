package dev.rollcall.server.sql;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A due row that this process has claimed, until the lease ends.
///
/// @param key the key of the row
/// @param due when the row was due
/// @param fence the number of claims of the row: it shows that a finish belongs to an earlier claim
/// @param owner the id under which this process claimed it: see [Claimant#stillHolds]
/// @param until when it ends at the earliest, on the monotonic clock
/// @param row its other columns
public record Lease<T>(long key, Instant due, long fence, long owner, Duration until, T row) {
  /// For [DueRows#finish].
  public Finish finish(Instant at) {
    return new Finish(key, fence, at, Optional.empty());
  }

  /// The end of a lease.
  ///
  /// @param at the value of `:at` in the table's expression for the next due instant
  /// @param due when the row is due instead, for work that is repeated sooner than usual
  public record Finish(long key, long fence, Instant at, Optional<Instant> due) {}
}
