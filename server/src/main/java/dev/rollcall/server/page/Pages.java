package dev.rollcall.server.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Assets;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Overview;
import dev.rollcall.server.sql.Clock;
import dev.rollcall.server.sql.StorageException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The pages as a whole: what the composition root mounts.
public final class Pages {
  private static final System.Logger LOG = System.getLogger(Pages.class.getName());

  private final Assets assets;
  private final Templates templates;
  private final Looks looks;
  private final Live live;

  /// @param network tells what nodes have measured
  public Pages(Overview overview, Supplier<Network> network, Clock clock) {
    assets =
        new Assets(Pages.class, List.of("page.css", "live.js", "times.js", "up.svg", "down.svg"));
    templates = new Templates(assets::link);
    looks = new Looks(overview, network, clock);
    live = new Live(looks, templates, clock);
  }

  /// `/`, the stream that keeps it current, and what it links to.
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(assets.routes());
    routes.add(Route.get("/", Access.PUBLIC, this::services));
    routes.add(Route.get("/live", Access.PUBLIC, live::answer));
    return routes;
  }

  private Answer services(Request request) {
    Question question = Question.of(request);
    try {
      return Answer.html(200, templates.page(looks.at(question)));
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "answered a page with 503", e);
      return Answer.html(503, templates.trouble());
    }
  }
}
