package dev.rollcall.server.cluster;

import dev.rollcall.server.cluster.Member.State;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.util.List;

/// `/cluster`: the processes that share the database, and what each is doing.
final class MemberPages {
  /// A clock that differs less is right.
  private static final Duration RIGHT = Duration.ofMillis(500);

  private final Cluster cluster;
  private final String section;
  private final Site site;
  private final Forms forms;

  MemberPages(Cluster cluster, String section, Site site) {
    this.cluster = cluster;
    this.section = section;
    this.site = site;
    this.forms = new Forms(site);
  }

  List<Route> routes() {
    return List.of(Route.get("/cluster", Access.OPERATOR, this::list));
  }

  private Answer list(Request request) {
    Cluster.Members members = cluster.members();
    MembersView view =
        new MembersView(Whose.of(request), members.all(), section, cluster.ownId(), members.at());
    return forms.page(
        request,
        visit -> Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, visit, view)));
  }

  static String state(Texts texts, State state) {
    return switch (state) {
      case UP -> texts.of("cluster.state.up");
      case SILENT -> texts.of("cluster.state.silent");
      case STOPPED -> texts.of("cluster.state.stopped");
      case TAKEN_OVER -> texts.of("cluster.state.taken");
    };
  }

  /// The CSS class for the colour and the mark.
  static String tone(State state) {
    return switch (state) {
      case UP -> "up";
      case SILENT, TAKEN_OVER -> "down";
      case STOPPED -> "unknown";
    };
  }

  /// How far the clock of a machine is ahead or behind.
  static String clock(Texts texts, Duration ahead) {
    if (ahead.abs().compareTo(RIGHT) < 0) {
      return texts.of("cluster.clock.right");
    }
    String far = Durations.words(ahead.abs());
    return ahead.isNegative()
        ? texts.of("cluster.clock.behind", far)
        : texts.of("cluster.clock.ahead", far);
  }
}
