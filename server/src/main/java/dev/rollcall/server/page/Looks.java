package dev.rollcall.server.page;

import dev.rollcall.server.monitor.Overview;
import dev.rollcall.server.monitor.Overview.Totals;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Looks at the services for everybody who watches: one look at a time, and those who ask the same
/// within a second share it. However many watch, they take one core at most, and a crowd on one
/// page costs as much as one. When nobody asks, nothing is done.
final class Looks {
  /// Shorter than the second between two looks of one watcher, so that each finds a new one.
  private static final Duration FRESH = Duration.ofMillis(900);

  private static final int KEPT = 8;

  private record Kept(Look look, Duration at) {}

  private record Failed(StorageException why, Duration at) {}

  private final Overview overview;
  private final Supplier<Network> network;
  private final Clock clock;
  private final ReentrantLock looking = new ReentrantLock(true);
  private final Map<Question, Kept> kept =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Question, Kept> eldest) {
          return size() > KEPT;
        }
      };
  private Optional<Failed> failed = Optional.empty();

  Looks(Overview overview, Supplier<Network> network, Clock clock) {
    this.overview = overview;
    this.network = network;
    this.clock = clock;
  }

  /// @throws StorageException when the database fails, and to everybody who asks in the second
  ///   after that: they need not all wait for it in turn
  Look at(Question question) {
    looking.lock();
    try {
      Duration now = clock.monotonic();
      if (failed.isPresent() && fresh(failed.get().at(), now)) {
        throw failed.get().why();
      }
      Kept known = kept.get(question);
      if (known != null && fresh(known.at(), now)) {
        return known.look();
      }
      Look look = look(question);
      kept.remove(question);
      kept.put(question, new Kept(look, now));
      return look;
    } catch (StorageException e) {
      failed = Optional.of(new Failed(e, clock.monotonic()));
      throw e;
    } finally {
      looking.unlock();
    }
  }

  private static boolean fresh(Duration at, Duration now) {
    return now.minus(at).compareTo(FRESH) < 0;
  }

  private Look look(Question question) {
    Totals whole = overview.totals("");
    Totals matching = question.text().isEmpty() ? whole : overview.totals(question.text());
    int found = question.only().map(matching::of).orElseGet(matching::all);
    Question answered = question.at(Math.min(question.page(), Look.pages(found)));
    return new Look(
        answered,
        clock.wall(),
        whole,
        matching,
        overview.rows(
            answered.text(), answered.only(), Look.PAGE, (answered.page() - 1) * Look.PAGE),
        network.get());
  }
}
