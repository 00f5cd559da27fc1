package dev.rollcall.server.page;

import java.time.Instant;
import java.util.List;

/// The page with the list of services.
record ServicesLiveView(ServicesView view, Templates templates) implements LiveView {
  /// The whole page with its version.
  String page(String seen) {
    return templates.page(view, seen);
  }

  @Override
  public Instant at() {
    return view.at();
  }

  @Override
  public List<String> parts() {
    return List.of(templates.totals(view), templates.pages(view));
  }

  @Override
  public String list() {
    return templates.list(view);
  }

  @Override
  public List<Line> lines() {
    return view.rows().stream().map(row -> new Line("s" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return templates.row(view.rows().get(place), view);
  }
}
