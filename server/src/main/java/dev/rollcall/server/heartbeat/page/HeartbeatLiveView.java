package dev.rollcall.server.heartbeat.page;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Beat;
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
record HeartbeatLiveView(Whose whose, Beat beat, String origin, Instant at, Site site)
    implements LiveView {
  String title() {
    return site.texts()
        .of("heartbeat.title", beat.name(), HeartbeatWords.word(site.texts(), beat.state()));
  }

  String icon() {
    return beat.state() == State.LATE || beat.state() == State.FAILED ? "down.svg" : "up.svg";
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
        Html.of(out -> JteoverallGenerated.render(out, Html.NONE, site.texts(), beat)));
  }

  @Override
  public String list() {
    return Html.of(out -> JterunsGenerated.render(out, Html.NONE, site.texts(), beat, at));
  }

  @Override
  public List<Line> lines() {
    return beat.runs().reversed().stream().map(run -> new Line("r" + run.number(), run)).toList();
  }

  @Override
  public String row(int place) {
    return Html.of(
        out ->
            JterunGenerated.render(
                out, Html.NONE, site.texts(), beat.runs().reversed().get(place), at));
  }
}
