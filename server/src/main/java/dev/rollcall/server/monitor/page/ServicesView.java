package dev.rollcall.server.monitor.page;

import dev.rollcall.server.monitor.overview.Overview;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.overview.Overview.Totals;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.ListPage;
import dev.rollcall.server.web.Texts;
import gg.jte.Content;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What the list of services shows at one moment.
///
/// @param filter with the page that is shown: the last one, if a later one was asked for
/// @param whole the states of all services, without the filter
/// @param matching the states of the services that match the text of the filter
/// @param rows one page
/// @param summary what others show below the headline of the operator's services
record ServicesView(
    ServicesFilter filter,
    Instant at,
    Totals whole,
    Totals matching,
    List<Row> rows,
    Content summary) {
  /// Reads the services.
  static ServicesView at(
      ServicesFilter filter, Overview overview, Supplier<Content> summary, Clock clock) {
    Overview.Seen seen =
        overview.look(
            filter.whose().scope(),
            filter.text(),
            filter.only(),
            filter.page(),
            ServicesFilter.PAGE);
    return new ServicesView(
        filter.at(seen.page()),
        clock.wall(),
        seen.whole(),
        seen.matching(),
        seen.rows(),
        filter.whose().isOperator() ? summary.get() : Html.NOTHING);
  }

  /// This page among those of the filter.
  ListPage page() {
    int found = filter.only().map(matching::of).orElseGet(matching::all);
    return new ListPage(filter, found, rows.size());
  }

  boolean empty() {
    return whole.all() == 0;
  }

  private int down() {
    return whole.of(Standing.DOWN);
  }

  private int unknown() {
    return whole.of(Standing.UNKNOWN);
  }

  private int slow() {
    return whole.of(Standing.SLOW);
  }

  /// Whether the list can be filtered by a state: by slow only where something is.
  boolean offers(Standing standing) {
    return standing != Standing.SLOW
        || matching.of(standing) > 0
        || filter.shows(Optional.of(standing));
  }

  String title(Texts texts) {
    return texts.of("page.title", state(texts));
  }

  /// The problems in few words: `2 down`, `1 unknown`, `all up`.
  private String state(Texts texts) {
    if (empty()) {
      return texts.of("services.title.none");
    }
    if (down() > 0) {
      return texts.of("services.title.down", Formats.count(down()));
    }
    if (unknown() > 0) {
      return texts.of("services.title.unknown", Formats.count(unknown()));
    }
    if (slow() > 0) {
      return texts.of("services.title.slow", Formats.count(slow()));
    }
    return whole.of(Standing.UP) > 0
        ? texts.of("services.title.up")
        : texts.of("services.title.new");
  }

  /// The same as a headline.
  String headline(Texts texts) {
    int all = whole.all();
    String services = texts.counted("services.count", all);
    if (empty()) {
      return texts.of("services.headline.none");
    }
    if (down() > 0) {
      return texts.of("services.headline.down", Formats.count(down()), services);
    }
    if (unknown() > 0) {
      return all == 1
          ? texts.of("services.headline.unknown.only")
          : texts.of("services.headline.unknown", Formats.count(unknown()), services);
    }
    if (slow() > 0) {
      return texts.of("services.headline.slow", Formats.count(slow()), services);
    }
    int up = whole.of(Standing.UP);
    if (up == 0) {
      return texts.of("services.headline.new", services);
    }
    return all == 1
        ? texts.of("services.headline.up.only")
        : texts.of("services.headline.up", texts.counted("services.count", up));
  }

  /// The CSS class for the colour of the headline.
  String tone() {
    if (down() > 0) {
      return "down";
    }
    if (unknown() > 0) {
      return "unknown";
    }
    if (slow() > 0) {
      return "slow";
    }
    return whole.of(Standing.UP) > 0 ? "up" : "new";
  }

  String icon() {
    return down() > 0 ? "down.svg" : "up.svg";
  }
}
