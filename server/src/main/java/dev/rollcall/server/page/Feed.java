package dev.rollcall.server.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.EventStream;
import dev.rollcall.server.http.PreparedEvents;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// What all are sent who have the same page open: what changes is found, written and compressed
/// once. Belongs to one thread.
///
/// Events: those of [LiveViewChanges]; `now` (the server's time, after whatever was sent and at
/// least every five seconds); `trouble` (in words).
final class Feed<S extends LiveView> {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  /// Whoever has yet to take so much is left alone until it has, and is then sent everything anew.
  private static final int MOST_WAITING = 8;

  /// So many changes are kept for those who have just loaded the page.
  private static final int MOST_CHANGES = 6;

  private static final PreparedEvents TROUBLE =
      PreparedEvents.of("trouble", "the database does not answer, trying again");

  private static final class Watcher {
    private final EventStream stream;
    private boolean current;

    private Watcher(EventStream stream, boolean current) {
      this.stream = stream;
      this.current = current;
    }
  }

  private final Supplier<Optional<S>> looking;
  private final BiFunction<S, String, String> html;

  /// Tells this one from all others that ever were.
  private final String name = Long.toHexString(ThreadLocalRandom.current().nextLong());

  private final List<Watcher> watchers = new ArrayList<>();
  private final Deque<PreparedEvents> changes = new ArrayDeque<>();
  private long version;
  private S scene;
  private LiveViewChanges.Shown shown;
  private boolean gone;
  private Duration looked;
  private Duration told;
  private Optional<Compressed> page = Optional.empty();
  private Optional<PreparedEvents> all = Optional.empty();

  /// @param scene what there is to see now
  /// @param looking finds out what there is to see; what vanishes stays on the screen as it was
  /// @param html the whole page with a scene, and with the mark of that
  Feed(S scene, Supplier<Optional<S>> looking, BiFunction<S, String, String> html, Duration now) {
    this.looking = looking;
    this.html = html;
    this.scene = scene;
    this.shown = LiveViewChanges.Shown.of(scene);
    this.looked = now;
    this.told = now;
  }

  /// When it was looked at last.
  Duration looked() {
    return looked;
  }

  /// Whether there was nothing to see any more.
  boolean isGone() {
    return gone;
  }

  boolean isWatched() {
    return !watchers.isEmpty();
  }

  /// The whole page is to be written anew.
  void forgetPage() {
    page = Optional.empty();
  }

  /// The whole page.
  Compressed page() {
    Compressed known =
        page.orElseGet(() -> new Compressed(html.apply(scene, mark()).getBytes(UTF_8)));
    page = Optional.of(known);
    return known;
  }

  /// What a page is known by that shows the present state.
  private String mark() {
    return name + "." + version;
  }

  /// Begins to keep a page current that shows what `seen` is the mark of.
  void watch(EventStream stream, String seen) {
    Optional<Integer> missed = missed(seen);
    watchers.add(new Watcher(stream, missed.isPresent()));
    missed.ifPresent(
        last -> {
          changes.stream().skip(changes.size() - last).forEach(stream::send);
          stream.send(now());
        });
    publish(Optional.empty());
  }

  /// How many of the changes it has not seen; empty where nobody knows.
  private Optional<Integer> missed(String seen) {
    if (!seen.startsWith(name + ".")) {
      return Optional.empty();
    }
    try {
      long missed = version - Long.parseLong(seen.substring(name.length() + 1));
      return missed >= 0 && missed <= changes.size() ? Optional.of((int) missed) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  void leave(EventStream stream) {
    watchers.removeIf(watcher -> watcher.stream == stream);
  }

  /// Looks again, and tells those who watch what has changed.
  void look(Duration now) {
    LiveViewChanges.Shown before = shown;
    Optional<S> found = looking.get();
    gone = found.isEmpty();
    scene = gone ? scene : found.get();
    shown = LiveViewChanges.Shown.of(scene);
    looked = now;
    page = Optional.empty();
    PreparedEvents.Builder news = new PreparedEvents.Builder();
    LiveViewChanges.tell(before, shown, news);
    if (!news.isEmpty()) {
      addNow(news);
      PreparedEvents change = news.build();
      version++;
      changes.addLast(change);
      if (changes.size() > MOST_CHANGES) {
        changes.removeFirst();
      }
      told = now;
      all = Optional.empty();
      publish(Optional.of(change));
    } else if (now.minus(told).compareTo(LONGEST_SILENCE) >= 0) {
      told = now;
      publish(Optional.of(now()));
    } else {
      publish(Optional.empty());
    }
  }

  /// The database does not answer.
  void trouble() {
    watchers.forEach(watcher -> watcher.stream.send(TROUBLE));
  }

  /// Has all who watch connect anew.
  void end() {
    watchers.forEach(watcher -> watcher.stream.end());
    watchers.clear();
  }

  private void publish(Optional<PreparedEvents> news) {
    for (Watcher watcher : watchers) {
      int behind = watcher.stream.behind();
      if (!watcher.current && behind == 0) {
        watcher.current = true;
        watcher.stream.send(all());
      } else if (watcher.current && behind >= MOST_WAITING) {
        watcher.current = false;
      } else if (watcher.current) {
        news.ifPresent(watcher.stream::send);
      }
    }
  }

  private PreparedEvents all() {
    if (all.isEmpty()) {
      PreparedEvents.Builder events = new PreparedEvents.Builder();
      LiveViewChanges.tellAll(shown, events);
      addNow(events);
      all = Optional.of(events.build());
    }
    return all.get();
  }

  private PreparedEvents now() {
    PreparedEvents.Builder events = new PreparedEvents.Builder();
    addNow(events);
    return events.build();
  }

  private void addNow(PreparedEvents.Builder events) {
    events.add("now", scene.at().truncatedTo(ChronoUnit.SECONDS).toString());
  }
}
