package dev.rollcall.server.page;

import java.time.Instant;

/// A page of heartbeats.
///
/// @param origin where jobs reach this server: `http://localhost:8080`
record BeatsScene(BeatLook look, String origin, Templates templates) implements Scene {
  @Override
  public Instant at() {
    return look.at();
  }

  @Override
  public Shown shown() {
    return look.shown();
  }

  @Override
  public String totals() {
    return templates.totals(look);
  }

  @Override
  public String list() {
    return templates.list(look, origin);
  }

  @Override
  public String row(int place) {
    return templates.row(look.rows().get(place), look);
  }
}
