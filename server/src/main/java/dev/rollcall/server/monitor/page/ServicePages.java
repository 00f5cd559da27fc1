package dev.rollcall.server.monitor.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.overview.Overview;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.LivePages;
import dev.rollcall.server.web.Site;
import gg.jte.Content;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The page with the list of services.
public final class ServicePages implements AutoCloseable {
  /// The id of its section of the site.
  public static final String SECTION = "services";

  /// The longest time from a commit to the update of open pages. Before the commit, outcomes wait
  /// up to a fifth of a second to share a transaction.
  private static final Duration PACE = Duration.ofMillis(100);

  private final LivePages<ServicesFilter, ServicesLiveView> lists;

  /// @param summary what others show below the headline
  public ServicePages(Overview overview, Supplier<Content> summary, Site site, Clock clock) {
    lists =
        new LivePages<>(
            "pages-services",
            PACE,
            filter ->
                Optional.of(
                    new ServicesLiveView(ServicesView.at(filter, overview, summary, clock), site)),
            ServicesLiveView::page,
            "there are no services",
            site,
            clock);
    overview.onCommit(lists::changed);
  }

  /// `/` and its stream of changes.
  public List<Route> routes() {
    return List.of(
        Route.get("/", Access.PUBLIC, request -> lists.answer(ServicesFilter.of(request))),
        Route.get(
            "/live", Access.PUBLIC, request -> lists.stream(ServicesFilter.of(request), request)));
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    lists.close();
  }
}
