package dev.rollcall.server.page;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.EventStream;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// Keeps open pages current: looks each second for each of them, and sends what is new to it.
///
/// Events: `list` (the whole list, when something came, went or changed places), `row` (one that
/// changed), `totals` (the headline and the filters), each with the element's HTML; `now` (the
/// server's time, after whatever was sent and at least every five seconds); `trouble` (in words).
final class Live {
  private static final System.Logger LOG = System.getLogger(Live.class.getName());
  private static final long SECOND = 1000;
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  private final Function<Request, Supplier<Scene>> pages;
  private final Clock clock;

  /// @param pages looks again at what a page shows, each time it is asked
  Live(Function<Request, Supplier<Scene>> pages, Clock clock) {
    this.pages = pages;
    this.clock = clock;
  }

  /// The stream for one open page. Its address has the page's question, and in `seen` the mark of
  /// what the page shows already.
  Answer answer(Request request) {
    Supplier<Scene> page = pages.apply(request);
    String seen = request.query("seen").orElse("");
    return Answer.events(
        stream -> {
          CountDownLatch ended = new CountDownLatch(1);
          // Not by interrupting: that would close a connection to the database under way.
          Thread.ofVirtual().name("live").start(() -> new Watcher(stream, seen).run(page, ended));
          return ended::countDown;
        });
  }

  private final class Watcher {
    private final EventStream stream;
    private final String seen;
    private Optional<Shown> shown = Optional.empty();
    private Duration told = clock.monotonic();

    private Watcher(EventStream stream, String seen) {
      this.stream = stream;
      this.seen = seen;
    }

    private void run(Supplier<Scene> page, CountDownLatch ended) {
      try {
        do {
          try {
            tell(page.get());
          } catch (StorageException e) {
            stream.send("trouble", "the database does not answer, trying again");
          }
        } while (!ended.await(SECOND, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        // The page hears nothing more, and connects anew.
        LOG.log(Level.ERROR, "failed to keep a page current", e);
      }
    }

    private void tell(Scene scene) {
      Shown now = scene.shown();
      boolean first = shown.isEmpty();
      boolean news = shown.isPresent() ? tellChanges(shown.get(), now, scene) : tellAll(now, scene);
      shown = Optional.of(now);
      Duration moment = clock.monotonic();
      if (news || first || moment.minus(told).compareTo(LONGEST_SILENCE) >= 0) {
        stream.send("now", scene.at().truncatedTo(ChronoUnit.SECONDS).toString());
        told = moment;
      }
    }

    private boolean tellAll(Shown now, Scene scene) {
      if (now.mark().equals(seen)) {
        return false;
      }
      stream.send("totals", scene.totals());
      stream.send("list", scene.list());
      return true;
    }

    private boolean tellChanges(Shown before, Shown now, Scene scene) {
      if (!before.sameTotals(now)) {
        stream.send("totals", scene.totals());
      }
      if (!before.sameList(now)) {
        stream.send("list", scene.list());
        return true;
      }
      for (int place : before.changed(now)) {
        stream.send("row", scene.row(place));
      }
      return !before.equals(now);
    }
  }
}
