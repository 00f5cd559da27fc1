package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Assets;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Overview;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The entry point of the package for the composition root.
public final class Pages implements AutoCloseable {
  /// The longest time from a commit to the update of open pages. Before the commit, outcomes wait
  /// up to a fifth of a second to share a transaction.
  private static final Duration PACE = Duration.ofMillis(100);

  private final Assets assets;
  private final Templates templates;
  private final LivePages<ServicesFilter, ServicesLiveView> livePages;
  private final HeartbeatPages heartbeats;

  /// @param network the results of nodes
  /// @param alerts whether a channel sends alerts about late heartbeats
  /// @param notice the notice at the top of every page; empty: none
  public Pages(
      Overview overview,
      HeartbeatOverview heartbeatOverview,
      Supplier<NetworkSummary> network,
      boolean alerts,
      Supplier<String> notice,
      Clock clock) {
    assets =
        new Assets(
            Pages.class,
            List.of("page.css", "live.js", "copy.js", "times.js", "up.svg", "down.svg"));
    templates = new Templates(assets::link, alerts, notice);
    Supplier<NetworkSummary> measured = new OncePerSecond<>(network, clock);
    livePages =
        new LivePages<>(
            "pages-services",
            PACE,
            filter ->
                Optional.of(
                    new ServicesLiveView(
                        ServicesView.at(filter, overview, measured, clock), templates)),
            ServicesLiveView::page,
            "there are no services",
            clock);
    livePages.saying(templates::notice);
    overview.onCommit(livePages::changed);
    heartbeats = new HeartbeatPages(heartbeatOverview, templates, clock);
  }

  /// The form of errors if a browser asks for a page.
  public ErrorShape errors() {
    return ErrorShape.pages(
        (status, reasons) -> Answer.html(status, templates.error(ErrorView.of(status, reasons))),
        ErrorShape.ENVELOPE);
  }

  /// `/` and `/heartbeats`, their streams, and the files they link to.
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(assets.routes());
    routes.add(Route.get("/", Access.PUBLIC, this::services));
    routes.add(Route.get("/live", Access.PUBLIC, this::watch));
    routes.addAll(heartbeats.routes());
    ErrorShape errors = errors();
    return routes.stream().map(route -> route.withErrors(errors)).toList();
  }

  private Answer services(Request request) {
    ServicesFilter filter = ServicesFilter.of(request);
    return templates.answer(() -> livePages.page(filter));
  }

  private Answer watch(Request request) {
    return livePages.stream(ServicesFilter.of(request), seen(request));
  }

  /// The version of the page that the browser shows.
  static String seen(Request request) {
    return request.query("seen").orElse("");
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    livePages.close();
    heartbeats.close();
  }
}
