package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Row;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.ListFilter;
import dev.rollcall.server.web.ListPage;
import dev.rollcall.server.web.Texts;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What the list of heartbeats shows at one moment.
///
/// @param filter with the page that is shown: the last one, if a later one was asked for
/// @param counts the number of heartbeats in each state, without the filter
/// @param rows one page
record HeartbeatsView(
    HeartbeatsFilter filter, Instant at, Map<State, Long> counts, List<Row> rows) {
  /// Reads the heartbeats.
  static HeartbeatsView at(
      HeartbeatsFilter filter, HeartbeatOverview heartbeatOverview, Clock clock) {
    Map<State, Long> counts = heartbeatOverview.counts(filter.whose().scope());
    long found = found(filter, counts);
    HeartbeatsFilter answered = filter.at(Math.min(filter.page(), ListPage.pages(found)));
    return new HeartbeatsView(
        answered,
        clock.wall(),
        counts,
        heartbeatOverview.rows(
            filter.whose().scope(),
            counts,
            answered.only(),
            ListFilter.PAGE,
            (answered.page() - 1L) * ListFilter.PAGE));
  }

  private static long found(HeartbeatsFilter filter, Map<State, Long> counts) {
    return filter.only().map(state -> counts.getOrDefault(state, 0L)).orElseGet(() -> all(counts));
  }

  private static long all(Map<State, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  long all() {
    return all(counts);
  }

  long of(State state) {
    return counts.getOrDefault(state, 0L);
  }

  /// This page among those of the filter.
  ListPage page() {
    return new ListPage(filter, found(filter, counts), rows.size());
  }

  boolean empty() {
    return all() == 0;
  }

  private boolean wrong() {
    return of(State.LATE) > 0 || of(State.FAILED) > 0;
  }

  /// The problems in few words: `2 late`, `1 failed`, `all on time`.
  String title(Texts texts) {
    if (empty()) {
      return texts.of("page.title", texts.of("heartbeats.title.none"));
    }
    return texts.of("page.title", wrong() ? problems(texts) : texts.of("heartbeats.title.up"));
  }

  /// `2 late, 1 failed`.
  private String problems(Texts texts) {
    String late = texts.of("heartbeats.late", Formats.count(of(State.LATE)));
    String failed = texts.of("heartbeats.failed", Formats.count(of(State.FAILED)));
    if (of(State.FAILED) == 0) {
      return late;
    }
    return of(State.LATE) == 0 ? failed : late + ", " + failed;
  }

  /// The same as a headline.
  String headline(Texts texts) {
    if (empty()) {
      return texts.of("heartbeats.headline.none");
    }
    String all = texts.counted("heartbeats.count", all());
    if (wrong()) {
      return texts.of("heartbeats.headline.wrong", problems(texts), all);
    }
    return all() == 1
        ? texts.of("heartbeats.headline.up.only")
        : texts.of("heartbeats.headline.up", all);
  }

  /// The CSS class for the colour of the headline.
  String tone() {
    if (wrong()) {
      return "down";
    }
    return empty() ? "new" : "up";
  }

  String icon() {
    return wrong() ? "down.svg" : "up.svg";
  }
}
