package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.sql.StorageException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The claim under way. A database may take minutes to answer, or to report a failure: a claim that
/// nobody waits for any longer is kept, as it may still succeed. If it fails, that says nothing
/// about now: another one begins.
///
/// For one thread.
///
/// @param <T> what is claimed
final class PendingClaim<T> {
  private Optional<Future<T>> pending = Optional.empty();

  /// What was claimed; by the claim under way, or a new one.
  ///
  /// @param begin begins a new one
  /// @param patience how long to wait for it
  /// @throws TimeoutException if it takes longer; it is under way from now on
  /// @throws StorageException if a new one fails
  T await(Supplier<Future<T>> begin, Duration patience)
      throws InterruptedException, TimeoutException {
    if (pending.isPresent()) {
      try {
        return result(pending.get(), patience);
      } catch (StorageException e) {
        // the database may have come back since
      }
    }
    return result(begin.get(), patience);
  }

  private T result(Future<T> claim, Duration patience)
      throws InterruptedException, TimeoutException {
    pending = Optional.of(claim);
    try {
      T claimed = claim.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      pending = Optional.empty();
      return claimed;
    } catch (ExecutionException e) {
      pending = Optional.empty();
      throw switch (e.getCause()) {
        case RuntimeException known -> known;
        case null, default -> new IllegalStateException(e.getCause());
      };
    }
  }
}
