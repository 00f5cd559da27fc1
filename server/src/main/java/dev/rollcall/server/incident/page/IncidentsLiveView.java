package dev.rollcall.server.incident.page;

import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page with the list of incidents. Its rows are the open ones.
record IncidentsLiveView(IncidentsView view, Site site) implements LiveView {
  @Override
  public Whose whose() {
    return view.whose();
  }

  @Override
  public Instant at() {
    return view.at();
  }

  @Override
  public List<String> parts() {
    return List.of(
        Html.of(out -> JtetotalsGenerated.render(out, Html.NONE, site, view)),
        Html.of(out -> JteolderGenerated.render(out, Html.NONE, site, view)),
        Html.of(out -> JtepastGenerated.render(out, Html.NONE, site, view)));
  }

  @Override
  public String list() {
    return Html.of(out -> JtelistGenerated.render(out, Html.NONE, site, view));
  }

  private List<Incident> open() {
    return view.open().orElse(List.of());
  }

  @Override
  public List<Line> lines() {
    return open().stream()
        .map(one -> new Line("i" + one.id(), List.of(one, view.behind(one))))
        .toList();
  }

  @Override
  public String row(int place) {
    Incident one = open().get(place);
    return Html.of(
        out ->
            JterowGenerated.render(
                out, Html.NONE, site, whose(), one, view.behind(one), view.at()));
  }
}
