package dev.rollcall.server.page;

import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Looks for everybody who watches: one look at a time, and those who ask the same within a second
/// share it. However many watch, they take one core at most, and a crowd on one page costs as much
/// as one. When nobody asks, nothing is done.
///
/// @param <Q> what may be asked
/// @param <L> what there is to see
final class Looks<Q, L> {
  /// Shorter than the second between two looks of one watcher, so that each finds a new one.
  private static final Duration FRESH = Duration.ofMillis(900);

  private static final int KEPT = 8;

  private record Kept<L>(L look, Duration at) {}

  private record Failed(StorageException why, Duration at) {}

  private final Function<Q, L> looking;
  private final Clock clock;
  private final ReentrantLock turn = new ReentrantLock(true);
  private final Map<Q, Kept<L>> kept =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Q, Kept<L>> eldest) {
          return size() > KEPT;
        }
      };
  private Optional<Failed> failed = Optional.empty();

  /// @param looking finds out what there is to see
  Looks(Function<Q, L> looking, Clock clock) {
    this.looking = looking;
    this.clock = clock;
  }

  /// @throws StorageException when the database fails, and to everybody who asks in the second
  ///   after that: they need not all wait for it in turn
  L at(Q question) {
    turn.lock();
    try {
      Duration now = clock.monotonic();
      if (failed.isPresent() && fresh(failed.get().at(), now)) {
        throw failed.get().why();
      }
      Kept<L> known = kept.get(question);
      if (known != null && fresh(known.at(), now)) {
        return known.look();
      }
      L look = looking.apply(question);
      kept.remove(question);
      kept.put(question, new Kept<>(look, now));
      return look;
    } catch (StorageException e) {
      failed = Optional.of(new Failed(e, clock.monotonic()));
      throw e;
    } finally {
      turn.unlock();
    }
  }

  private static boolean fresh(Duration at, Duration now) {
    return now.minus(at).compareTo(FRESH) < 0;
  }
}
