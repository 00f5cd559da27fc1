package dev.rollcall.server.monitor.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Compressed;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.overview.Overview;
import dev.rollcall.server.monitor.overview.ServiceDetails;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LivePages;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import gg.jte.Content;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The pages of services: the list, and one for each service.
public final class ServicePages implements AutoCloseable {
  /// The id of its section of the site.
  public static final String SECTION = "services";

  /// The longest time from a commit to the update of open pages. Before the commit, outcomes wait
  /// up to a fifth of a second to share a transaction.
  private static final Duration PACE = Duration.ofMillis(100);

  private final LivePages<ServicesFilter, ServicesLiveView> lists;

  private final ServiceDetails details;
  private final OfService incidents;
  private final Site site;

  /// What others show on the page of a service.
  @FunctionalInterface
  public interface OfService {
    /// What the sender of a request may see of a service.
    Content of(Request request, long service);
  }

  /// @param summary what others show below the headline
  /// @param incidents the incidents of a service
  public ServicePages(
      Overview overview,
      Supplier<Content> summary,
      ServiceDetails details,
      OfService incidents,
      Site site,
      Clock clock) {
    this.details = details;
    this.incidents = incidents;
    this.site = site;
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

  /// `/` and its stream of changes, and `/services/{id}`.
  public List<Route> routes() {
    return List.of(
        Route.get("/", Access.PUBLIC, request -> lists.answer(ServicesFilter.of(request))),
        Route.get(
            "/live", Access.PUBLIC, request -> lists.stream(ServicesFilter.of(request), request)),
        Route.get("/services/{id}", Access.PUBLIC, this::one));
  }

  private Answer one(Request request) {
    long id = request.pathNumber("id");
    Whose whose = Whose.of(request);
    return site.answer(
        () -> {
          ServiceView view =
              new ServiceView(
                  whose,
                  details
                      .find(request.scope(), id)
                      .orElseThrow(() -> Refusal.notFound("there is no service " + id)),
                  incidents.of(request, id),
                  whose.trusted());
          return new Compressed(
              Html.of(out -> JtealoneGenerated.render(out, Html.NONE, site, view)).getBytes(UTF_8));
        });
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    lists.close();
  }
}
