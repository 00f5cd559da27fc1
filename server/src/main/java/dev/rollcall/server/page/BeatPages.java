package dev.rollcall.server.page;

import dev.rollcall.server.heartbeat.Board;
import dev.rollcall.server.heartbeat.Board.Beat;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// The pages of the heartbeats: all of them, and each alone.
final class BeatPages {
  /// What a client may call us by; anything else is not repeated.
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9._-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:\\d{1,5})?");

  private final Templates templates;
  private final Clock clock;
  private final Looks<BeatQuestion, BeatLook> lists;
  private final Looks<String, Optional<BeatScene>> alone;
  private final Live live;
  private final Live liveAlone;

  BeatPages(Board board, Templates templates, Clock clock) {
    this.templates = templates;
    this.clock = clock;
    lists = new Looks<>(question -> BeatLook.at(question, board, clock), clock);
    alone = new Looks<>(name -> board.find(name).map(this::scene), clock);
    live = new Live(this::watched, clock);
    liveAlone = new Live(this::watchedAlone, clock);
  }

  List<Route> routes() {
    return List.of(
        Route.get("/heartbeats", Access.PUBLIC, this::list),
        Route.get("/heartbeats/live", Access.PUBLIC, live::answer),
        Route.get("/heartbeat", Access.PUBLIC, this::one),
        Route.get("/heartbeat/live", Access.PUBLIC, liveAlone::answer));
  }

  private BeatScene scene(Beat beat) {
    return new BeatScene(beat, clock.wall(), templates);
  }

  private Answer list(Request request) {
    BeatQuestion question = BeatQuestion.of(request);
    return templates.answer(() -> templates.page(lists.at(question), origin(request)));
  }

  private Supplier<Scene> watched(Request request) {
    BeatQuestion question = BeatQuestion.of(request);
    String origin = origin(request);
    return () -> new BeatsScene(lists.at(question), origin, templates);
  }

  private Answer one(Request request) {
    String name = name(request);
    return templates.answer(
        () -> templates.page(alone.at(name).orElseThrow(BeatPages::unknown), origin(request)));
  }

  /// One that is deleted while it is watched stays on the screen as it was.
  private Supplier<Scene> watchedAlone(Request request) {
    String name = name(request);
    return new Supplier<>() {
      private Scene last = alone.at(name).orElseThrow(BeatPages::unknown);

      @Override
      public Scene get() {
        alone.at(name).ifPresent(scene -> last = scene);
        return last;
      }
    };
  }

  private static String name(Request request) {
    return request
        .query("name")
        .orElseThrow(() -> Refusal.badRequest("parameter 'name' is missing: give the heartbeat's"));
  }

  private static Refusal unknown() {
    return Refusal.notFound("there is no heartbeat of that name");
  }

  /// Where jobs reach this server, as far as whoever asks knows; the script corrects the scheme.
  private static String origin(Request request) {
    return "http://"
        + request
            .header("Host")
            .filter(host -> HOST.matcher(host).matches())
            .orElse("localhost:8080");
  }
}
