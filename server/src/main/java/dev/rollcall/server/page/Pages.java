package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.Board;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Assets;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.Overview;
import dev.rollcall.server.sql.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The pages as a whole: what the composition root mounts.
public final class Pages {
  private final Assets assets;
  private final Templates templates;
  private final Looks<Question, Look> looks;
  private final Live live;
  private final BeatPages heartbeats;

  /// @param network tells what nodes have measured
  /// @param told whether anybody is told of late heartbeats
  public Pages(
      Overview overview, Board board, Supplier<Network> network, boolean told, Clock clock) {
    assets =
        new Assets(
            Pages.class,
            List.of("page.css", "live.js", "copy.js", "times.js", "up.svg", "down.svg"));
    templates = new Templates(assets::link, told);
    looks = new Looks<>(question -> Look.at(question, overview, network, clock), clock);
    live = new Live(this::watched, clock);
    heartbeats = new BeatPages(board, templates, clock);
  }

  /// How errors are written where a browser looks for a page.
  public ErrorShape errors() {
    return ErrorShape.pages(
        (status, reasons) -> Answer.html(status, templates.error(ErrorLook.of(status, reasons))),
        ErrorShape.ENVELOPE);
  }

  /// `/` and `/heartbeats`, the streams that keep them current, and what they link to.
  public List<Route> routes() {
    List<Route> routes = new ArrayList<>(assets.routes());
    routes.add(Route.get("/", Access.PUBLIC, this::services));
    routes.add(Route.get("/live", Access.PUBLIC, live::answer));
    routes.addAll(heartbeats.routes());
    ErrorShape errors = errors();
    return routes.stream().map(route -> route.withErrors(errors)).toList();
  }

  private Answer services(Request request) {
    Question question = Question.of(request);
    return templates.answer(() -> templates.page(looks.at(question)));
  }

  private Supplier<Scene> watched(Request request) {
    Question question = Question.of(request);
    return () -> new ServicesScene(looks.at(question), templates);
  }
}
