package dev.rollcall.server.monitor.schedule;

import dev.rollcall.server.sql.StorageException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The claims under way. A database may take minutes to answer, or to report a failure: a claim
/// that nobody waits for any longer is kept, as it may still succeed. If it fails, or says nothing,
/// that says nothing about now: another one begins.
///
/// For one thread.
///
/// @param <T> what is claimed
final class PendingClaim<T> {
  /// With more, nothing more is begun until one of them ends.
  private static final int MOST = 3;

  /// Oldest first.
  private final Deque<Future<T>> pending = new ArrayDeque<>();

  /// What was claimed; by a claim under way, or a new one.
  ///
  /// @param begin begins a new one
  /// @param patience how long to wait for it
  /// @throws TimeoutException if it takes longer; it is under way from now on
  /// @throws StorageException if a new one fails
  T await(Supplier<Future<T>> begin, Duration patience)
      throws InterruptedException, TimeoutException {
    Optional<T> late = late();
    if (late.isPresent()) {
      return late.get();
    }
    if (pending.size() == MOST) {
      try {
        return result(pending.getFirst(), patience);
      } catch (StorageException e) {
        // it began before the database came back, too
      }
    }
    pending.addLast(begin.get());
    return result(pending.getLast(), patience);
  }

  /// What an earlier claim has found.
  private Optional<T> late() throws InterruptedException, TimeoutException {
    for (Future<T> claim : List.copyOf(pending)) {
      if (claim.isDone()) {
        try {
          return Optional.of(result(claim, Duration.ZERO));
        } catch (StorageException e) {
          // it began before the database came back
        }
      }
    }
    return Optional.empty();
  }

  private T result(Future<T> claim, Duration patience)
      throws InterruptedException, TimeoutException {
    try {
      T claimed = claim.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      pending.removeIf(one -> one == claim);
      return claimed;
    } catch (ExecutionException e) {
      pending.removeIf(one -> one == claim);
      throw switch (e.getCause()) {
        case RuntimeException known -> known;
        case null, default -> new IllegalStateException(e.getCause());
      };
    }
  }
}
