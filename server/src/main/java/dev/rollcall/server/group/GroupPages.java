package dev.rollcall.server.group;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.signal.Member;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.ListFilter;
import dev.rollcall.server.web.LivePages;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/groups`: the groups with a rule, and how they stand.
public final class GroupPages implements AutoCloseable {
  private static final String PATH = "/groups";
  private static final String LIVE = PATH + "/live";
  private static final Duration PACE = Duration.ofMillis(950); // pages are read once a second

  private final Groups groups;
  private final String section;
  private final Site site;
  private final Forms forms;
  private final Clock clock;
  private final LivePages<Whose, GroupsLiveView> pages;

  /// @param section the id of the section of the site to which the page belongs
  public GroupPages(Groups groups, String section, Site site, Clock clock) {
    this.groups = groups;
    this.section = section;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
    this.pages =
        new LivePages<>(
            "pages-groups",
            PACE,
            whose -> Optional.of(new GroupsLiveView(view(whose), site)),
            (_, _) -> "",
            "there are no groups",
            site,
            clock);
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.USER, this::list),
        Route.get(LIVE, Access.USER, request -> pages.stream(Whose.of(request), request)));
  }

  private GroupsView view(Whose whose) {
    return new GroupsView(whose, groups.reports(whose.scope()), section, clock.wall());
  }

  private Answer list(Request request) {
    Whose whose = Whose.of(request);
    return pages.now(
        whose,
        (shown, seen) ->
            forms.page(
                request,
                visit ->
                    Html.of(
                        out ->
                            JtepageGenerated.render(
                                out,
                                Html.NONE,
                                site,
                                visit,
                                shown.view(),
                                ListFilter.live(LIVE, whose.query(), seen)))));
  }

  static String state(Texts texts, Member.State state) {
    return switch (state) {
      case UP -> texts.of("groups.state.up");
      case DOWN -> texts.of("groups.state.down");
      case UNKNOWN -> texts.of("groups.state.unknown");
    };
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    pages.close();
  }
}
