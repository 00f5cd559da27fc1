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

/// The pages as a whole: what the composition root mounts.
public final class Pages implements AutoCloseable {
  /// What was committed is on the screens so much later at most. Before that, outcomes wait for
  /// company for a fifth of a second.
  private static final Duration PACE = Duration.ofMillis(100);

  private final Assets assets;
  private final Templates templates;
  private final LivePages<ServicesFilter, ServicesLiveView> livePages;
  private final HeartbeatPages heartbeats;

  /// @param network tells what nodes have measured
  /// @param told whether anybody is told of late heartbeats
  /// @param notice what every page says first; empty: nothing
  public Pages(
      Overview overview,
      HeartbeatOverview heartbeatOverview,
      Supplier<NetworkSummary> network,
      boolean told,
      Supplier<String> notice,
      Clock clock) {
    assets =
        new Assets(
            Pages.class,
            List.of("page.css", "live.js", "copy.js", "times.js", "up.svg", "down.svg"));
    templates = new Templates(assets::link, told, notice);
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

  /// How errors are written where a browser looks for a page.
  public ErrorShape errors() {
    return ErrorShape.pages(
        (status, reasons) -> Answer.html(status, templates.error(ErrorView.of(status, reasons))),
        ErrorShape.ENVELOPE);
  }

  /// `/` and `/heartbeats`, the streams that keep them current, and what they link to.
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

  /// The mark of what the page shows already.
  static String seen(Request request) {
    return request.query("seen").orElse("");
  }

  /// Keeps no page current any more.
  @Override
  public void close() {
    livePages.close();
    heartbeats.close();
  }
}
