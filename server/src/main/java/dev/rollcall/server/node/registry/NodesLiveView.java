package dev.rollcall.server.node.registry;

import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page with the nodes. Its rows are the nodes.
record NodesLiveView(NodesView view, Site site) implements LiveView {
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
    return view.nodes().stream().map(node -> new Line("n" + node.id(), node)).toList();
  }

  @Override
  public String row(int place) {
    KnownNode node = view.nodes().get(place);
    return Html.of(out -> JterowGenerated.render(out, Html.NONE, site, node, view.at()));
  }
}
