package dev.rollcall.server.page;

import java.time.Instant;
import java.util.List;

/// A page of heartbeats.
///
/// @param origin where jobs reach this server: `http://localhost:8080`
record BeatsScene(BeatLook look, String origin, Templates templates) implements Scene {
  /// The whole page, with the mark of what it shows.
  String page(String seen) {
    return templates.page(look, origin, seen);
  }

  @Override
  public Instant at() {
    return look.at();
  }

  @Override
  public List<String> parts() {
    return List.of(templates.totals(look), templates.pages(look));
  }

  @Override
  public String list() {
    return templates.list(look, origin);
  }

  @Override
  public List<Line> lines() {
    return look.rows().stream().map(row -> new Line("h" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return templates.row(look.rows().get(place), look);
  }
}
