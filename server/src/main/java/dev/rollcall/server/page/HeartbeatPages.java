package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The pages of heartbeats: the list, and one for each heartbeat.
final class HeartbeatPages implements AutoCloseable {
  /// The header `Host` is shown only if it has this form.
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:\\d{1,5})?");

  private static final Duration PACE = Duration.ofMillis(950); // pages are read once a second

  /// A list of heartbeats, on a page with this address of the server.
  private record Listing(HeartbeatsFilter filter, String origin) {}

  /// One heartbeat, on a page with this address of the server.
  private record Alone(String name, String origin) {}

  private final Templates templates;
  private final LivePages<Listing, HeartbeatsLiveView> lists;
  private final LivePages<Alone, HeartbeatLiveView> alone;

  HeartbeatPages(HeartbeatOverview heartbeatOverview, Templates templates, Clock clock) {
    this.templates = templates;
    lists =
        new LivePages<>(
            "pages-heartbeats",
            PACE,
            asked ->
                Optional.of(
                    new HeartbeatsLiveView(
                        HeartbeatsView.at(asked.filter(), heartbeatOverview, clock),
                        asked.origin(),
                        templates)),
            HeartbeatsLiveView::page,
            "there are no heartbeats",
            clock);
    alone =
        new LivePages<>(
            "pages-heartbeat",
            PACE,
            asked ->
                heartbeatOverview
                    .find(Scope.operator(), asked.name())
                    .map(
                        beat ->
                            new HeartbeatLiveView(beat, asked.origin(), clock.wall(), templates)),
            HeartbeatLiveView::page,
            "there is no heartbeat of that name",
            clock);
    lists.saying(templates::notice);
    alone.saying(templates::notice);
  }

  List<Route> routes() {
    return List.of(
        Route.get("/heartbeats", Access.PUBLIC, request -> list(listing(request))),
        Route.get(
            "/heartbeats/live",
            Access.PUBLIC,
            request -> lists.stream(listing(request), Pages.seen(request))),
        Route.get("/heartbeat", Access.PUBLIC, request -> one(alone(request))),
        Route.get(
            "/heartbeat/live",
            Access.PUBLIC,
            request -> alone.stream(alone(request), Pages.seen(request))));
  }

  private Answer list(Listing asked) {
    return templates.answer(() -> lists.page(asked));
  }

  private Answer one(Alone asked) {
    return templates.answer(() -> alone.page(asked));
  }

  private static Listing listing(Request request) {
    return new Listing(HeartbeatsFilter.of(request), origin(request));
  }

  private static Alone alone(Request request) {
    return new Alone(name(request), origin(request));
  }

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
