package dev.rollcall.server.incident.page;

import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/// The page of one incident. Its rows are what happened to it.
record IncidentLiveView(IncidentView view, Site site) implements LiveView {
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
        Html.of(out -> JteheadGenerated.render(out, Html.NONE, site, view)),
        Html.of(out -> JtebehindGenerated.render(out, Html.NONE, site, view)),
        Html.of(out -> JteactingGenerated.render(out, Html.NONE, site, view)),
        Html.of(out -> JtedeliveriesGenerated.render(out, Html.NONE, site, view)));
  }

  @Override
  public String list() {
    return Html.of(out -> JtehappenedGenerated.render(out, Html.NONE, site, view));
  }

  @Override
  public List<Line> lines() {
    return IntStream.range(0, view.timeline().size())
        .mapToObj(place -> new Line("e" + place, view.timeline().get(place)))
        .toList();
  }

  @Override
  public String row(int place) {
    return Html.of(
        out -> JteentryGenerated.render(out, Html.NONE, site, view.timeline().get(place), place));
  }
}
