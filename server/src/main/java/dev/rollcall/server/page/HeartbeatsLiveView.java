package dev.rollcall.server.page;

import java.time.Instant;
import java.util.List;

/// A page of heartbeats.
///
/// @param origin where jobs reach this server: `http://localhost:8080`
record HeartbeatsLiveView(HeartbeatsView view, String origin, Templates templates)
    implements LiveView {
  /// The whole page, with the mark of what it shows.
  String page(String seen) {
    return templates.page(view, origin, seen);
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
    return templates.list(view, origin);
  }

  @Override
  public List<Line> lines() {
    return view.rows().stream().map(row -> new Line("h" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return templates.row(view.rows().get(place), view);
  }
}
