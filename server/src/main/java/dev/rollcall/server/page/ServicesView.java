package dev.rollcall.server.page;

import dev.rollcall.server.monitor.Overview;
import dev.rollcall.server.monitor.Overview.Row;
import dev.rollcall.server.monitor.Overview.Standing;
import dev.rollcall.server.monitor.Overview.Totals;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// What the list of services shows at one moment.
///
/// @param filter with the page that is shown: the last one, if a later one was asked for
/// @param whole the states of all services, without the filter
/// @param matching the states of the services that match the text of the filter
/// @param rows one page
/// @param network the results of nodes
record ServicesView(
    ServicesFilter filter,
    Instant at,
    Totals whole,
    Totals matching,
    List<Row> rows,
    NetworkSummary network) {
  /// The number of rows of a page.
  static final int PAGE = 100;

  /// Reads the services.
  static ServicesView at(
      ServicesFilter filter, Overview overview, Supplier<NetworkSummary> network, Clock clock) {
    Overview.Seen seen =
        overview.look(Scope.operator(), filter.text(), filter.only(), filter.page(), PAGE);
    return new ServicesView(
        filter.at(seen.page()),
        clock.wall(),
        seen.whole(),
        seen.matching(),
        seen.rows(),
        network.get());
  }

  /// The number of services on all pages of the filter.
  int found() {
    return filter.only().map(matching::of).orElseGet(matching::all);
  }

  static int pages(int found) {
    return Math.max(1, (found + PAGE - 1) / PAGE);
  }

  int pages() {
    return pages(found());
  }

  /// The number of the first row, from 1.
  int first() {
    return (filter.page() - 1) * PAGE + 1;
  }

  int last() {
    return first() + rows.size() - 1;
  }

  boolean empty() {
    return whole.all() == 0;
  }

  private int down() {
    return whole.of(Standing.DOWN);
  }

  /// The problems in few words: `2 down`, `1 unknown`, `all up`.
  String state() {
    int unknown = whole.of(Standing.UNKNOWN);
    if (empty()) {
      return "no services yet";
    }
    if (down() > 0) {
      return Formats.count(down()) + " down";
    }
    if (unknown > 0) {
      return Formats.count(unknown) + " unknown";
    }
    return whole.of(Standing.UP) > 0 ? "all up" : "not checked yet";
  }

  /// The same as a headline.
  String headline() {
    int all = whole.all();
    if (empty()) {
      return "No services yet";
    }
    if (down() > 0) {
      return Formats.count(down()) + " of " + Formats.services(all) + " down";
    }
    if (whole.of(Standing.UNKNOWN) > 0) {
      return Formats.count(whole.of(Standing.UNKNOWN))
          + " of "
          + Formats.services(all)
          + (all == 1 ? " is unknown" : " unknown");
    }
    int up = whole.of(Standing.UP);
    if (up == 0) {
      return Formats.services(all) + " not checked yet";
    }
    return all == 1 ? "1 service up" : "All " + Formats.services(up) + " up";
  }

  /// The CSS class for the colour of the headline.
  String tone() {
    if (down() > 0) {
      return "down";
    }
    if (whole.of(Standing.UNKNOWN) > 0) {
      return "unknown";
    }
    return whole.of(Standing.UP) > 0 ? "up" : "new";
  }

  String icon() {
    return down() > 0 ? "down.svg" : "up.svg";
  }
}
