package dev.rollcall.server.monitor.page;

import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page with the list of services.
record ServicesLiveView(ServicesView view, Site site) implements LiveView {
  /// The whole page.
  ///
  /// @param seen its version
  String page(String seen) {
    return Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, view, seen));
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
    return Html.of(out -> JtelistGenerated.render(out, Html.NONE, site, view));
  }

  @Override
  public List<Line> lines() {
    return view.rows().stream().map(row -> new Line("s" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return Html.of(
        out ->
            JterowGenerated.render(
                out, Html.NONE, site, view.filter().whose(), view.rows().get(place), view.at()));
  }
}
