package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.HeartbeatOverview.Beat;
import dev.rollcall.server.heartbeat.State;
import java.time.Instant;
import java.util.List;

/// The page of one heartbeat. Its rows are the runs, the newest first.
///
/// @param origin the address of this server for jobs: `http://localhost:8080`
record HeartbeatLiveView(Beat beat, String origin, Instant at, Templates templates)
    implements LiveView {
  String title() {
    return beat.name() + ": " + beat.state().word() + " - Rollcall";
  }

  String icon() {
    return beat.state() == State.LATE || beat.state() == State.FAILED ? "down.svg" : "up.svg";
  }

  /// The whole page with its version.
  String page(String seen) {
    return templates.page(this, seen);
  }

  @Override
  public List<String> parts() {
    return List.of(templates.head(this), templates.overall(this));
  }

  @Override
  public String list() {
    return templates.runs(this);
  }

  @Override
  public List<Line> lines() {
    return beat.runs().reversed().stream().map(run -> new Line("r" + run.number(), run)).toList();
  }

  @Override
  public String row(int place) {
    return templates.run(beat.runs().reversed().get(place), this);
  }
}
