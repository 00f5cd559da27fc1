package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page with the list of heartbeats.
///
/// @param origin the address of this server for jobs: `http://localhost:8080`
record HeartbeatsLiveView(HeartbeatsView view, String origin, Site site) implements LiveView {
  /// The whole page.
  ///
  /// @param seen its version
  String page(String seen) {
    return Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, this, seen));
  }

  @Override
  public Whose whose() {
    return view.filter().whose();
  }

  @Override
  public Instant at() {
    return view.at();
  }

  @Override
  public List<String> parts() {
    return List.of(
        Html.of(out -> JtetotalsGenerated.render(out, Html.NONE, site, view)),
        site.pages(view.page()));
  }

  @Override
  public String list() {
    return Html.of(out -> JtelistGenerated.render(out, Html.NONE, site, view, origin));
  }

  @Override
  public List<Line> lines() {
    return view.rows().stream().map(row -> new Line("h" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return Html.of(
        out ->
            JterowGenerated.render(
                out, Html.NONE, site, view.filter().whose(), view.rows().get(place), view.at()));
  }
}
