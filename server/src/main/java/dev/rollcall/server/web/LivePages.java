package dev.rollcall.server.web;

import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.EventStream;
import dev.rollcall.server.http.PreparedEvents;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Shows pages of one kind, and updates those that are open.
///
/// One platform thread reads what they show: after a commit, and once a second for what changes
/// with time. All browsers with the same filter share a [Feed]. If no page is open, nothing is
/// read. After each round, the thread pauses for at least four times the duration of the round.
///
/// @param <Q> the filter of a page
/// @param <S> what a page shows
public final class LivePages<Q, S extends LiveView> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LivePages.class.getName());
  private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(1);
  private static final int PAUSE_FACTOR = 4;

  /// How long a request for a page waits: longer than a read takes to find that the database does
  /// not answer.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int MOST_ASKING = 64;

  /// How long a page that is not open is kept in memory, and how many of them at most.
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final int MOST_KEPT = 16;

  private final Duration pace;
  private final Function<Q, Optional<S>> looking;
  private final BiFunction<S, String, String> html;
  private final String missing;
  private final Site site;
  private final PreparedEvents trouble;
  private final Clock clock;
  private final ScheduledThreadPoolExecutor thread;
  private final Semaphore asking = new Semaphore(MOST_ASKING);

  // Used by the thread only:
  private final Map<Q, Feed<S>> feeds = new LinkedHashMap<>(16, 0.75f, true);
  private String lastNotice = "";

  private volatile boolean watched;

  // Guarded by this object:
  private Optional<ScheduledFuture<?>> next = Optional.empty();
  private Duration nextAt = Duration.ZERO;
  private Duration restsUntil = Duration.ZERO;

  /// @param name of the thread
  /// @param pace the shortest time between two rounds
  /// @param looking reads what a page shows; empty if it does not exist
  /// @param html writes the whole page, from what it shows and its version
  /// @param missing the message if a page does not exist
  public LivePages(
      String name,
      Duration pace,
      Function<Q, Optional<S>> looking,
      BiFunction<S, String, String> html,
      String missing,
      Site site,
      Clock clock) {
    this.pace = pace;
    this.looking = looking;
    this.html = html;
    this.missing = missing;
    this.site = site;
    this.trouble = PreparedEvents.of("trouble", site.texts().of("live.trouble"));
    this.clock = clock;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// If the notice has changed, all pages have to be written again.
  private void updateNotice(String now) {
    if (!now.equals(lastNotice)) {
      lastNotice = now;
      feeds.values().forEach(Feed::forgetPage);
    }
  }

  /// Something may have changed. This returns at once.
  public void changed() {
    if (watched) {
      lookWithin(Duration.ZERO);
    }
  }

  /// The whole page; while the database does not answer, the page that says so.
  ///
  /// @throws Refusal (404) if it does not exist
  /// @throws Unavailable if there are too many requests
  public Answer answer(Q question) {
    return site.answer(() -> page(question));
  }

  /// What a page shows and its version, for one that is made for one browser because it has forms.
  /// It is read anew: the browser may just have sent one.
  ///
  /// @param made makes the page
  /// @throws Refusal (404) if it does not exist
  /// @throws Unavailable if there are too many requests
  public <T> T now(Q question, BiFunction<S, String, T> made) {
    Feed.Now<S> now = ask(() -> current(question, Duration.ZERO).shown());
    return made.apply(now.view(), now.version());
  }

  private Compressed page(Q question) {
    return ask(
        () -> {
          updateNotice(site.notice());
          return current(question).page();
        });
  }

  /// The stream of changes for a page. Its version is the parameter `seen` of the request.
  ///
  /// @throws Refusal (404) if the page does not exist
  public Answer stream(Q question, Request request) {
    String seen = request.query("seen").orElse("");
    try {
      ask(() -> current(question));
    } catch (RuntimeException e) {
      if (!site.isOutage(e)) {
        throw e;
      }
      // the stream ends at once, and the browser tries again
    }
    return Answer.events(
        stream -> {
          run(() -> watch(question, stream, seen));
          return () -> run(() -> leave(question, stream));
        });
  }

  private void watch(Q question, EventStream stream, String seen) {
    try {
      current(question).watch(stream, seen);
      watched = true;
      lookWithin(AT_LEAST_EVERY);
    } catch (RuntimeException e) {
      stream.end(); // the browser connects again
    }
  }

  private void leave(Q question, EventStream stream) {
    Feed<S> feed = feeds.get(question);
    if (feed != null) {
      feed.leave(stream);
    }
  }

  /// Reads the page, unless it was read a moment ago.
  private Feed<S> current(Q question) {
    return current(question, pace);
  }

  /// Reads the page, unless it was read within this time.
  private Feed<S> current(Q question, Duration within) {
    Duration now = clock.monotonic();
    Feed<S> known = feeds.get(question);
    if (known == null) {
      S view = looking.apply(question).orElseThrow(this::nothing);
      known = new Feed<>(view, () -> looking.apply(question), html, now);
      feeds.put(question, known);
      forget(now);
    } else if (now.minus(known.looked()).compareTo(within) >= 0) {
      known.look(now);
    }
    if (known.isGone()) {
      throw nothing();
    }
    return known;
  }

  private void look() {
    Duration began = clock.monotonic();
    synchronized (this) {
      next = Optional.empty();
      if (began.compareTo(restsUntil) < 0) {
        lookWithin(Duration.ZERO);
        return;
      }
      restsUntil = began.plus(pace);
    }
    boolean any = false;
    for (Feed<S> feed : List.copyOf(feeds.values())) {
      if (feed.isWatched()) {
        any = true;
        look(feed);
      }
    }
    Duration ended = clock.monotonic();
    forget(ended);
    watched = any;
    Duration rested = ended.plus(ended.minus(began).multipliedBy(PAUSE_FACTOR));
    synchronized (this) {
      restsUntil = rested.compareTo(restsUntil) > 0 ? rested : restsUntil;
    }
    if (any) {
      lookWithin(AT_LEAST_EVERY);
    }
  }

  private void look(Feed<S> feed) {
    try {
      site.requireDatabase();
      feed.look(clock.monotonic());
    } catch (RuntimeException e) {
      if (site.isOutage(e)) {
        feed.trouble(trouble);
        return;
      }
      LOG.log(Level.ERROR, "failed to keep a page current", e);
      feed.end();
    }
  }

  private void forget(Duration now) {
    List<Q> unwatched = new ArrayList<>();
    feeds.forEach(
        (question, feed) -> {
          if (!feed.isWatched()) {
            unwatched.add(question);
          }
        });
    int over = unwatched.size() - MOST_KEPT;
    for (Q question : unwatched) { // the least recently used first
      Feed<S> feed = feeds.get(question);
      if (over-- > 0 || (feed != null && now.minus(feed.looked()).compareTo(IDLE) > 0)) {
        feeds.remove(question);
      }
    }
  }

  private synchronized void lookWithin(Duration time) {
    Duration now = clock.monotonic();
    Duration wanted = now.plus(time);
    Duration at = wanted.compareTo(restsUntil) > 0 ? wanted : restsUntil;
    if (next.isPresent() && nextAt.compareTo(at) <= 0) {
      return;
    }
    next.ifPresent(later -> later.cancel(false));
    try {
      next =
          Optional.of(
              thread.schedule(
                  (Runnable) this::look, at.minus(now).toNanos(), TimeUnit.NANOSECONDS));
      nextAt = at;
    } catch (RejectedExecutionException e) {
      next = Optional.empty(); // closed
    }
  }

  private void run(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      // closed: no page is open any more
    }
  }

  private <T> T ask(Callable<T> work) {
    site.requireDatabase();
    if (!asking.tryAcquire()) {
      throw tooMany();
    }
    try {
      Future<T> answer = thread.submit(() -> checked(work));
      try {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        answer.cancel(false);
        site.requireDatabase();
        throw tooMany();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw tooMany();
    } catch (RejectedExecutionException e) {
      throw tooMany();
    } finally {
      asking.release();
    }
  }

  /// Whoever has waited for others learns what they have found out.
  private <T> T checked(Callable<T> work) throws Exception {
    site.requireDatabase();
    return work.call();
  }

  private Refusal nothing() {
    return Refusal.notFound(missing);
  }

  private static Unavailable tooMany() {
    return new Unavailable("too many requests for pages at once", Duration.ofSeconds(1));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
