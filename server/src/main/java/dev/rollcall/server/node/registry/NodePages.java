package dev.rollcall.server.node.registry;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.node.NodeStatus;
import dev.rollcall.server.node.registry.KnownNode.State;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Formats;
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

/// `/nodes`: the nodes that report here, and how they are.
public final class NodePages implements AutoCloseable {
  /// A clock that differs less is right: a report takes about this long.
  private static final Duration RIGHT = Duration.ofMillis(100);

  private static final String PATH = "/nodes";
  private static final String LIVE = PATH + "/live";
  private static final Duration PACE = Duration.ofMillis(950); // pages are read once a second

  private final Nodes nodes;
  private final String section;
  private final Site site;
  private final Forms forms;
  private final LivePages<Whose, NodesLiveView> pages;

  /// @param section the id of the section of the site to which the page belongs
  public NodePages(Nodes nodes, String section, Site site, Clock clock) {
    this.nodes = nodes;
    this.section = section;
    this.site = site;
    this.forms = new Forms(site);
    this.pages =
        new LivePages<>(
            "pages-nodes",
            PACE,
            whose -> Optional.of(new NodesLiveView(view(whose), site)),
            (_, _) -> "",
            "there are no nodes",
            site,
            clock);
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.USER, this::list),
        Route.get(LIVE, Access.USER, request -> pages.stream(Whose.of(request), request)));
  }

  private NodesView view(Whose whose) {
    return new NodesView(whose, nodes.all(whose.scope()), section, nodes.now());
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

  static String state(Texts texts, State state) {
    return switch (state) {
      case UP -> texts.of("nodes.state.up");
      case SILENT -> texts.of("nodes.state.silent");
    };
  }

  /// The CSS class for the colour and the mark.
  static String tone(State state) {
    return switch (state) {
      case UP -> "up";
      case SILENT -> "down";
    };
  }

  /// What waits for a collector.
  static String spool(Texts texts, NodeStatus status) {
    return status.spoolBatches() == 0
        ? texts.of("nodes.spool.none")
        : texts.of(
            "nodes.spool", Formats.count(status.spoolBatches()), Formats.size(status.spoolBytes()));
  }

  /// How far the clock of a node is ahead or behind.
  static String clock(Texts texts, Duration offset) {
    if (offset.abs().compareTo(RIGHT) < 0) {
      return texts.of("nodes.clock.right");
    }
    String far = Durations.words(offset.abs());
    return offset.isNegative()
        ? texts.of("nodes.clock.behind", far)
        : texts.of("nodes.clock.ahead", far);
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    pages.close();
  }
}
