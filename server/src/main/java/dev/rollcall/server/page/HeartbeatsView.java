package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview;
import dev.rollcall.server.heartbeat.HeartbeatOverview.Beat;
import dev.rollcall.server.heartbeat.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What the list of heartbeats shows at one moment.
///
/// @param filter with the page that is shown: the last one, if a later one was asked for
/// @param counts the number of heartbeats in each state, without the filter
/// @param rows one page
record HeartbeatsView(
    HeartbeatsFilter filter, Instant at, Map<State, Long> counts, List<Beat> rows) {
  /// Reads the heartbeats.
  static HeartbeatsView at(
      HeartbeatsFilter filter, HeartbeatOverview heartbeatOverview, Clock clock) {
    Map<State, Long> counts = heartbeatOverview.counts(Scope.operator());
    long found = found(filter, counts);
    HeartbeatsFilter answered = filter.at((int) Math.min(filter.page(), pages(found)));
    return new HeartbeatsView(
        answered,
        clock.wall(),
        counts,
        heartbeatOverview.rows(
            Scope.operator(),
            counts,
            answered.only(),
            ServicesView.PAGE,
            (answered.page() - 1L) * ServicesView.PAGE));
  }

  private static long found(HeartbeatsFilter filter, Map<State, Long> counts) {
    return filter.only().map(state -> counts.getOrDefault(state, 0L)).orElseGet(() -> all(counts));
  }

  private static long all(Map<State, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long pages(long found) {
    return Math.max(1, (found + ServicesView.PAGE - 1) / ServicesView.PAGE);
  }

  long all() {
    return all(counts);
  }

  long of(State state) {
    return counts.getOrDefault(state, 0L);
  }

  /// The number of heartbeats on all pages of the filter.
  long found() {
    return found(filter, counts);
  }

  int pages() {
    return (int) pages(found());
  }

  /// The number of the first row, from 1.
  long first() {
    return (filter.page() - 1L) * ServicesView.PAGE + 1;
  }

  long last() {
    return first() + rows.size() - 1;
  }

  boolean empty() {
    return all() == 0;
  }

  /// The problems in few words: `2 late`, `1 failed`, `all on time`.
  String state() {
    if (empty()) {
      return "no heartbeats yet";
    }
    String wrong = wrong();
    return wrong.isEmpty() ? "all on time" : wrong;
  }

  private String wrong() {
    String late = of(State.LATE) == 0 ? "" : Formats.count(of(State.LATE)) + " late";
    String failed = of(State.FAILED) == 0 ? "" : Formats.count(of(State.FAILED)) + " failed";
    return late.isEmpty() || failed.isEmpty() ? late + failed : late + ", " + failed;
  }

  /// The same as a headline.
  String headline() {
    if (empty()) {
      return "No heartbeats yet";
    }
    String all = Formats.count(all()) + (all() == 1 ? " heartbeat" : " heartbeats");
    String wrong = wrong();
    if (!wrong.isEmpty()) {
      return wrong + " of " + all;
    }
    return (all() == 1 ? all : "All " + all) + " on time";
  }

  /// The CSS class for the colour of the headline.
  String tone() {
    if (!wrong().isEmpty()) {
      return "down";
    }
    return empty() ? "new" : "up";
  }

  String icon() {
    return wrong().isEmpty() ? "up.svg" : "down.svg";
  }
}
