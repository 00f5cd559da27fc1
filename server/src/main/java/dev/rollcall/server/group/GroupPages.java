package dev.rollcall.server.group;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.util.List;

/// `/groups`: the groups with a rule, and how they stand.
public final class GroupPages {
  private final Groups groups;
  private final String section;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// @param section the id of the section of the site to which the page belongs
  public GroupPages(Groups groups, String section, Site site, Clock clock) {
    this.groups = groups;
    this.section = section;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(Route.get("/groups", Access.USER, this::list));
  }

  private Answer list(Request request) {
    Whose whose = Whose.of(request);
    GroupsView view = new GroupsView(whose, groups.reports(whose.scope()), section, clock.wall());
    return forms.page(
        request,
        visit -> Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, visit, view)));
  }

  static String state(Texts texts, Member.State state) {
    return switch (state) {
      case UP -> texts.of("groups.state.up");
      case DOWN -> texts.of("groups.state.down");
      case UNKNOWN -> texts.of("groups.state.unknown");
    };
  }
}
