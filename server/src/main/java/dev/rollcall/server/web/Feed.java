package dev.rollcall.server.web;

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

/// Sends changes to all open pages with the same filter: each change is found, written and
/// compressed once. Used by one thread.
///
/// Events: those of [LiveViewChanges]; `now` (the time of the server, after each change and at
/// least every five seconds); `trouble` (a message).
final class Feed<S extends LiveView> {
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

  /// A browser with this many unread events gets no more until it has read them, and then the whole
  /// page.
  private static final int MOST_WAITING = 8;

  /// The number of changes stored for browsers that have just loaded the page.
  private static final int MOST_CHANGES = 6;

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

  /// Distinguishes this feed from all earlier ones.
  private final String name = Long.toHexString(ThreadLocalRandom.current().nextLong());

  private final List<Watcher> watchers = new ArrayList<>();
  private final Deque<PreparedEvents> changes = new ArrayDeque<>();
  private long version;
  private S view;
  private LiveViewChanges.Shown shown;
  private boolean gone;
  private Duration looked;
  private Duration lastSent;
  private Optional<Compressed> page = Optional.empty();
  private Optional<PreparedEvents> all = Optional.empty();

  /// @param view what the page shows now
  /// @param looking reads what the page shows; if it returns nothing, open pages stay as they are
  /// @param html writes the whole page, from what it shows and its version
  Feed(S view, Supplier<Optional<S>> looking, BiFunction<S, String, String> html, Duration now) {
    this.looking = looking;
    this.html = html;
    this.view = view;
    this.shown = LiveViewChanges.Shown.of(view);
    this.looked = now;
    this.lastSent = now;
  }

  /// When it was last read.
  Duration looked() {
    return looked;
  }

  /// Whether there was nothing to show at the last read.
  boolean isGone() {
    return gone;
  }

  boolean isWatched() {
    return !watchers.isEmpty();
  }

  /// The page has to be written again.
  void forgetPage() {
    page = Optional.empty();
  }

  /// The whole page.
  Compressed page() {
    Compressed known =
        page.orElseGet(() -> new Compressed(html.apply(view, mark()).getBytes(UTF_8)));
    page = Optional.of(known);
    return known;
  }

  /// What a page shows, and its version.
  record Now<S>(S view, String version) {}

  /// What the page shows as of the last read.
  Now<S> shown() {
    return new Now<>(view, mark());
  }

  /// The version of the present page.
  private String mark() {
    return name + "." + version;
  }

  /// Adds a browser, whose page has the version `seen`.
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

  /// How many of the changes the page has not got; empty if that is unknown.
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

  /// Reads again, and sends what has changed.
  void look(Duration now) {
    LiveViewChanges.Shown before = shown;
    Optional<S> found = looking.get();
    gone = found.isEmpty();
    view = gone ? view : found.get();
    shown = LiveViewChanges.Shown.of(view);
    looked = now;
    page = Optional.empty();
    PreparedEvents.Builder events = new PreparedEvents.Builder();
    LiveViewChanges.tell(before, shown, events);
    if (!events.isEmpty()) {
      addNow(events);
      PreparedEvents change = events.build();
      version++;
      changes.addLast(change);
      if (changes.size() > MOST_CHANGES) {
        changes.removeFirst();
      }
      lastSent = now;
      all = Optional.empty();
      publish(Optional.of(change));
    } else if (now.minus(lastSent).compareTo(LONGEST_SILENCE) >= 0) {
      lastSent = now;
      publish(Optional.of(now()));
    } else {
      publish(Optional.empty());
    }
  }

  /// Reports that the database does not answer.
  void trouble(PreparedEvents trouble) {
    watchers.forEach(watcher -> watcher.stream.send(trouble));
  }

  /// Ends all streams, so that browsers connect again.
  void end() {
    watchers.forEach(watcher -> watcher.stream.end());
    watchers.clear();
  }

  private void publish(Optional<PreparedEvents> event) {
    for (Watcher watcher : watchers) {
      int behind = watcher.stream.behind();
      if (!watcher.current && behind == 0) {
        watcher.current = true;
        watcher.stream.send(all());
      } else if (watcher.current && behind >= MOST_WAITING) {
        watcher.current = false;
      } else if (watcher.current) {
        event.ifPresent(watcher.stream::send);
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
    events.add("now", view.at().truncatedTo(ChronoUnit.SECONDS).toString());
  }
}
