package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.Board.Beat;
import dev.rollcall.server.heartbeat.Board.Ran;
import dev.rollcall.server.heartbeat.State;
import java.time.Instant;
import java.util.List;

/// One heartbeat, looked at alone: its runs are the rows, the newest first.
record BeatScene(Beat beat, Instant at, Templates templates) implements Scene {
  @Override
  public Shown shown() {
    List<Ran> rows = beat.runs().reversed();
    return new Shown(
        beat.state().hashCode() + 31 * beat.moments().hashCode() + 961 * beat.rhythm().hashCode(),
        rows.stream().map(Ran::number).toList(),
        rows.stream().map(Ran::hashCode).toList());
  }

  String title() {
    return beat.name() + ": " + beat.state().word() + " - Rollcall";
  }

  String icon() {
    return beat.state() == State.LATE || beat.state() == State.FAILED ? "down.svg" : "up.svg";
  }

  @Override
  public String totals() {
    return templates.head(this);
  }

  @Override
  public String list() {
    return templates.runs(this);
  }

  @Override
  public String row(int place) {
    return templates.run(beat.runs().reversed().get(place), this);
  }
}
