package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.incident.IncidentChanges;
import dev.rollcall.server.incident.IncidentStore;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import gg.jte.Content;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/incidents`: what is wrong and what was, and `/incidents/{id}`: one incident with what happened
/// to it, who was told, and the forms for those who look after it.
public final class IncidentPages {
  /// The id of their section of the site.
  public static final String SECTION = "incidents";

  private static final String LIST = "/incidents";
  private static final String ONE = LIST + "/{id}";
  private static final int ROWS = 50;
  private static final int ROWS_OF_SERVICE = 10;
  private static final int MOST_BEHIND = 100;

  private final IncidentStore store;
  private final IncidentChanges changes;
  private final Outbox outbox;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// Changes an incident as a form asks for.
  private interface Change {
    void apply(Scope scope, long id, Request request, Query fields);
  }

  public IncidentPages(Incidents incidents, Outbox outbox, Site site, Clock clock) {
    this.store = incidents.store();
    this.changes = incidents.changes();
    this.outbox = outbox;
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    Texts texts = site.texts();
    return List.of(
        Route.get(LIST, Access.USER, this::list),
        Route.get(ONE, Access.USER, this::one),
        form(
            "/acknowledged",
            texts.of("incident.done.acknowledged"),
            (scope, id, request, fields) ->
                changes.acknowledge(scope, id, request.caller(), given(fields, "note"))),
        form(
            "/unacknowledged",
            texts.of("incident.done.unacknowledged"),
            (scope, id, request, _) -> changes.unacknowledge(scope, id, request.caller())),
        form(
            "/note",
            texts.of("incident.done.note"),
            (scope, id, request, fields) ->
                changes.note(scope, id, request.caller(), given(fields, "text").orElse(""))),
        form(
            "/resolved",
            texts.of("incident.done.resolved"),
            (scope, id, request, _) -> changes.resolve(scope, id, request.caller())),
        form(
            "/replay",
            texts.of("incident.done.replay"),
            (scope, _, _, fields) -> outbox.replay(scope, number(fields, "delivery"))));
  }

  /// The incidents of a service, for its page; nothing for those who may not see incidents.
  public Content ofService(Request request, long service) {
    boolean sees =
        switch (request.caller()) {
          case Caller.Anonymous(), Caller.Sender() -> false;
          case Caller.Operator _, Caller.User _, Caller.Team _ -> true;
        };
    if (!sees) {
      return Html.NOTHING;
    }
    List<Incident> all = store.of(request.scope(), Subject.Type.SERVICE, service, ROWS_OF_SERVICE);
    Optional<IncidentStore.Hold> hold = store.hold(Subject.Type.SERVICE, service);
    return Html.part(
        out ->
            JteserviceGenerated.render(
                out, Html.NONE, site, Whose.of(request), all, hold, clock.wall()));
  }

  private Route form(String path, String done, Change change) {
    return forms.post(
        ONE + path,
        Access.USER,
        (request, fields) -> {
          long id = request.pathNumber("id");
          change.apply(request.scope(), id, request, fields);
          String next = IncidentWords.path(Whose.of(request), id);
          return forms.done(next, new Flash(Flash.Tone.DONE, done));
        });
  }

  private static Optional<String> given(Query fields, String name) {
    return fields.single(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /// A field with an id; 0 if there can be none with it.
  private static long number(Query fields, String name) {
    return given(fields, name)
        .filter(id -> id.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(0L);
  }

  private Answer list(Request request) {
    Whose whose = Whose.of(request);
    long before = request.queryNumber("before").orElse(Long.MAX_VALUE);
    Optional<String> state = request.query("state").filter(word -> !word.isEmpty());
    state
        .filter(word -> !word.equals("open") && !word.equals("resolved"))
        .ifPresent(
            word -> {
              throw Refusal.ofParameter("state", "is '" + word + "': give open or resolved");
            });
    Optional<List<Incident>> open =
        state.filter("resolved"::equals).isPresent()
            ? Optional.empty()
            : Optional.of(rows(whose, true, before));
    Optional<List<Incident>> past =
        state.filter("open"::equals).isPresent()
            ? Optional.empty()
            : Optional.of(rows(whose, false, before));
    IncidentsView view =
        new IncidentsView(
            whose,
            open.map(IncidentPages::sorted),
            past,
            older(whose, open, "open"),
            older(whose, past, "resolved"),
            open.isPresent() ? store.behind(whose.scope().owner()) : Map.of(),
            clock.wall());
    return forms.page(
        request,
        visit -> Html.of(out -> JtepageGenerated.render(out, Html.NONE, site, visit, view)));
  }

  private List<Incident> rows(Whose whose, boolean open, long before) {
    IncidentStore.Filter filter =
        new IncidentStore.Filter(Optional.of(open), Optional.empty(), Optional.empty(), before);
    return store.newest(whose.scope(), filter, ROWS);
  }

  /// Those that matter most first, then the newest.
  private static List<Incident> sorted(List<Incident> open) {
    return open.stream().sorted(Comparator.comparing(Incident::severity)).toList();
  }

  private static String older(Whose whose, Optional<List<Incident>> rows, String state) {
    return rows.filter(all -> all.size() == ROWS)
        .map(all -> LIST + "?state=" + state + "&before=" + all.getLast().id() + whose.more())
        .orElse("");
  }

  private Answer one(Request request) {
    Whose whose = Whose.of(request);
    Incident incident = changes.existing(request.scope(), request.pathNumber("id"));
    IncidentView view =
        new IncidentView(
            whose,
            incident,
            store.answer(incident.id()),
            store.timeline(incident.id()),
            incident.isOpen() ? store.behind(incident, MOST_BEHIND) : List.of(),
            outbox.deliveries(incident.id()),
            whose.changes(),
            clock.wall());
    return forms.page(
        request,
        visit -> Html.of(out -> JtealoneGenerated.render(out, Html.NONE, site, visit, view)));
  }
}
