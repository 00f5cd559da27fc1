package dev.rollcall.server.group;

import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page with the groups. Its rows are the groups.
record GroupsLiveView(GroupsView view, Site site) implements LiveView {
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
    return List.of(Html.of(out -> JtetotalsGenerated.render(out, Html.NONE, site, view)));
  }

  @Override
  public String list() {
    return Html.of(out -> JtelistGenerated.render(out, Html.NONE, site, view));
  }

  @Override
  public List<Line> lines() {
    return view.groups().stream()
        .map(report -> new Line("g" + report.group().id(), report.shown()))
        .toList();
  }

  @Override
  public String row(int place) {
    GroupReport report = view.groups().get(place);
    return Html.of(out -> JterowGenerated.render(out, Html.NONE, site, report, view.at()));
  }
}
