package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.LivePages;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The pages of heartbeats: the list, and one for each heartbeat.
public final class HeartbeatPages implements AutoCloseable {
  /// The id of their section of the site.
  public static final String SECTION = "heartbeats";

  /// The header `Host` is shown only if it has this form.
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:\\d{1,5})?");

  private static final Duration PACE = Duration.ofMillis(950); // pages are read once a second

  /// A list of heartbeats, on a page with this address of the server.
  private record Listing(HeartbeatsFilter filter, String origin) {}

  /// One heartbeat, on a page with this address of the server.
  private record Alone(Whose whose, String name, String origin) {}

  private final LivePages<Listing, HeartbeatsLiveView> lists;
  private final LivePages<Alone, HeartbeatLiveView> alone;

  public HeartbeatPages(HeartbeatOverview heartbeatOverview, Site site, Clock clock) {
    lists =
        new LivePages<>(
            "pages-heartbeats",
            PACE,
            asked ->
                Optional.of(
                    new HeartbeatsLiveView(
                        HeartbeatsView.at(asked.filter(), heartbeatOverview, clock),
                        asked.origin(),
                        site)),
            HeartbeatsLiveView::page,
            "there are no heartbeats",
            site,
            clock);
    alone =
        new LivePages<>(
            "pages-heartbeat",
            PACE,
            asked ->
                heartbeatOverview
                    .find(asked.whose().scope(), asked.name())
                    .map(
                        heartbeat ->
                            new HeartbeatLiveView(
                                asked.whose(), heartbeat, asked.origin(), clock.wall(), site)),
            HeartbeatLiveView::page,
            "there is no heartbeat of that name",
            site,
            clock);
  }

  /// `/heartbeats` and `/heartbeat`, and their streams of changes.
  public List<Route> routes() {
    return List.of(
        Route.get("/heartbeats", Access.PUBLIC, request -> lists.answer(listing(request))),
        Route.get(
            "/heartbeats/live", Access.PUBLIC, request -> lists.stream(listing(request), request)),
        Route.get("/heartbeat", Access.PUBLIC, request -> alone.answer(alone(request))),
        Route.get(
            "/heartbeat/live", Access.PUBLIC, request -> alone.stream(alone(request), request)));
  }

  private static Listing listing(Request request) {
    return new Listing(HeartbeatsFilter.of(request), origin(request));
  }

  private static Alone alone(Request request) {
    return new Alone(Whose.of(request), name(request), origin(request));
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    lists.close();
    alone.close();
  }

  private static String name(Request request) {
    return request
        .query("name")
        .orElseThrow(() -> Refusal.badRequest("parameter 'name' is missing: give the heartbeat's"));
  }

  /// The address of this server for jobs, according to the client; the script corrects the scheme.
  private static String origin(Request request) {
    return "http://"
        + request
            .header("Host")
            .filter(host -> HOST.matcher(host).matches())
            .orElse("localhost:8080");
  }
}
