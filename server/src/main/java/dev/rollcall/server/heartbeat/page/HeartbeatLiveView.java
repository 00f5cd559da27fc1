package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Row;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.LiveView;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.time.Instant;
import java.util.List;

/// The page of one heartbeat. Its rows are the runs, the newest first.
///
/// @param whose whose heartbeat
/// @param origin the address of this server for jobs: `http://localhost:8080`
record HeartbeatLiveView(Whose whose, Row heartbeat, String origin, Instant at, Site site)
    implements LiveView {
  String title() {
    return site.texts()
        .of(
            "heartbeat.title",
            heartbeat.name(),
            HeartbeatWords.word(site.texts(), heartbeat.state()));
  }

  String icon() {
    return heartbeat.state() == State.LATE || heartbeat.state() == State.FAILED
        ? "down.svg"
        : "up.svg";
  }

  /// The whole page.
  ///
  /// @param seen its version
  String page(String seen) {
    return Html.of(out -> JtealoneGenerated.render(out, Html.NONE, site, this, seen));
  }

  @Override
  public List<String> parts() {
    return List.of(
        Html.of(out -> JteheadGenerated.render(out, Html.NONE, site, this)),
        Html.of(out -> JteoverallGenerated.render(out, Html.NONE, site.texts(), heartbeat)));
  }

  @Override
  public String list() {
    return Html.of(out -> JterunsGenerated.render(out, Html.NONE, site.texts(), heartbeat, at));
  }

  @Override
  public List<Line> lines() {
    return heartbeat.runs().reversed().stream()
        .map(run -> new Line("r" + run.number(), run))
        .toList();
  }

  @Override
  public String row(int place) {
    return Html.of(
        out ->
            JterunGenerated.render(
                out, Html.NONE, site.texts(), heartbeat.runs().reversed().get(place), at));
  }
}
