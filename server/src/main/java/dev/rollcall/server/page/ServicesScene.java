package dev.rollcall.server.page;

import java.time.Instant;
import java.util.List;

/// A page of services.
record ServicesScene(Look look, Templates templates) implements Scene {
  /// The whole page, with the mark of what it shows.
  String page(String seen) {
    return templates.page(look, seen);
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
    return templates.list(look);
  }

  @Override
  public List<Line> lines() {
    return look.rows().stream().map(row -> new Line("s" + row.id(), row)).toList();
  }

  @Override
  public String row(int place) {
    return templates.row(look.rows().get(place), look);
  }
}
