package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
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
import dev.rollcall.server.web.ListFilter;
import dev.rollcall.server.web.LivePages;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import gg.jte.Content;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `/incidents`: what is wrong and what was, and `/incidents/{id}`: one incident with what happened
/// to it, who was told, and the forms for those who look after it.
public final class IncidentPages implements AutoCloseable {
  /// The id of their section of the site.
  public static final String SECTION = "incidents";

  private static final String LIST = "/incidents";
  private static final String ONE = LIST + "/{id}";
  private static final Duration PACE = Duration.ofMillis(950); // pages are read once a second
  private static final int ROWS = 50;
  private static final int ROWS_OF_SERVICE = 10;
  private static final int MOST_BEHIND = 100;

  private final IncidentStore store;
  private final IncidentChanges changes;
  private final Outbox outbox;
  private final Site site;
  private final Forms forms;
  private final LivePages<Listing, IncidentsLiveView> lists;
  private final LivePages<One, IncidentLiveView> ones;
  private final Clock clock;

  /// A list of incidents.
  private record Listing(Whose whose, Optional<String> state, long before) {
    /// The path of its stream, up to the version of the page.
    String live() {
      return "/incidents/live?"
          + state.map(word -> "state=" + word + "&").orElse("")
          + (before == Long.MAX_VALUE ? "" : "before=" + before + "&")
          + (whose.team().isPresent() ? whose.query() + "&" : "")
          + "seen=";
    }
  }

  /// One incident.
  ///
  /// @param scope where it is looked for: operators see those of accounts too
  private record One(Scope scope, Whose whose, long id) {
    /// The path of its stream, up to the version of the page.
    String live() {
      return ListFilter.link("/incidents/" + id + "/live", whose.query())
          + (whose.team().isPresent() ? "&" : "?")
          + "seen=";
    }
  }

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
    this.lists =
        new LivePages<>(
            "pages-incidents",
            PACE,
            listing -> Optional.of(new IncidentsLiveView(view(listing), site)),
            (_, _) -> "",
            "there are no incidents",
            site,
            clock);
    this.ones =
        new LivePages<>(
            "pages-incident",
            PACE,
            one -> view(one).map(view -> new IncidentLiveView(view, site)),
            (_, _) -> "",
            "there is no such incident",
            site,
            clock);
  }

  public List<Route> routes() {
    Texts texts = site.texts();
    return List.of(
        Route.get(LIST, Access.USER, request -> list(request, 200, IncidentDraft.EMPTY)),
        Route.get(LIST + "/live", Access.USER, request -> lists.stream(listing(request), request)),
        Route.get(ONE + "/live", Access.USER, request -> ones.stream(alone(request), request)),
        forms.post(LIST, Access.USER, this::open),
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
                changes.note(
                    scope,
                    id,
                    request.caller(),
                    given(fields, "text").orElse(""),
                    fields.single("public").isPresent())),
        form(
            "/changed",
            texts.of("incident.done.changed"),
            (scope, id, request, fields) ->
                changes.change(scope, id, request.caller(), changed(fields))),
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
    Whose whose = Whose.of(request);
    if (!whose.trusted()) {
      return Html.NOTHING;
    }
    List<Incident> all = store.of(request.scope(), Subject.Type.SERVICE, service, ROWS_OF_SERVICE);
    Optional<IncidentStore.Hold> hold = store.hold(Subject.Type.SERVICE, service);
    return Html.part(
        out -> JteserviceGenerated.render(out, Html.NONE, site, whose, all, hold, clock.wall()));
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

  /// What is wrong with the form is shown above it, with what was typed.
  private Answer open(Request request, Query fields) {
    IncidentDraft draft = IncidentDraft.of(fields);
    try {
      long id = changes.open(request.scope(), draft.asked(), request.caller());
      String done = site.texts().of("incident.done.opened");
      return forms
          .done(IncidentWords.path(Whose.of(request), id), new Flash(Flash.Tone.DONE, done))
          .naming(id);
    } catch (Refusal e) {
      return list(request, e.status(), draft.with(e.reasons()));
    }
  }

  /// What the form of an incident changes. Fields that are empty take away.
  private static ObjectNode changed(Query fields) {
    ObjectNode changed = JsonNodeFactory.instance.objectNode();
    for (String key : List.of("title", "severity", "phase")) {
      fields
          .single(key)
          .ifPresent(
              text -> {
                if (text.isBlank()) {
                  changed.putNull(key);
                } else {
                  changed.put(key, text);
                }
              });
    }
    return changed;
  }

  private static Listing listing(Request request) {
    Optional<String> state = request.query("state").filter(word -> !word.isEmpty());
    state
        .filter(word -> !word.equals("open") && !word.equals("resolved"))
        .ifPresent(
            word -> {
              throw Refusal.ofParameter("state", "is '" + word + "': give open or resolved");
            });
    long before = request.queryNumber("before").orElse(Long.MAX_VALUE);
    return new Listing(Whose.of(request), state, before);
  }

  private Answer list(Request request, int status, IncidentDraft draft) {
    Listing listing = listing(request);
    return lists.now(
        listing,
        (live, seen) ->
            forms.page(
                request,
                status,
                visit ->
                    Html.of(
                        out ->
                            JtepageGenerated.render(
                                out,
                                Html.NONE,
                                site,
                                visit,
                                live.view(),
                                draft,
                                listing.live() + seen))));
  }

  private IncidentsView view(Listing listing) {
    Whose whose = listing.whose();
    Optional<List<Incident>> open =
        listing.state().filter("resolved"::equals).isPresent()
            ? Optional.empty()
            : Optional.of(rows(whose, true, listing.before()));
    Optional<List<Incident>> past =
        listing.state().filter("open"::equals).isPresent()
            ? Optional.empty()
            : Optional.of(rows(whose, false, listing.before()));
    return new IncidentsView(
        whose,
        open.map(IncidentPages::sorted),
        past,
        older(whose, open, "open"),
        older(whose, past, "resolved"),
        open.isPresent() ? store.behind(whose.scope().owner()) : Map.of(),
        clock.wall());
  }

  private List<Incident> rows(Whose whose, boolean open, long before) {
    IncidentStore.Filter filter =
        new IncidentStore.Filter(
            Optional.of(open), Optional.empty(), Optional.empty(), Optional.empty(), before);
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

  private static One alone(Request request) {
    return new One(request.scope(), Whose.of(request), request.pathNumber("id"));
  }

  private Answer one(Request request) {
    One one = alone(request);
    return ones.now(
        one,
        (live, seen) ->
            forms.page(
                request,
                visit ->
                    Html.of(
                        out ->
                            JtealoneGenerated.render(
                                out, Html.NONE, site, visit, live.view(), one.live() + seen))));
  }

  private Optional<IncidentView> view(One one) {
    return store
        .find(one.scope(), one.id())
        .map(
            incident ->
                new IncidentView(
                    one.whose(),
                    incident,
                    store.about(List.of(incident)).getOrDefault(incident.id(), List.of()),
                    store.answer(incident.id()),
                    store.timeline(incident.id()),
                    incident.isOpen() ? store.behind(incident, MOST_BEHIND) : List.of(),
                    store.output(incident.id()),
                    outbox.deliveries(incident.id()),
                    one.whose().changes(),
                    clock.wall()));
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    lists.close();
    ones.close();
  }
}
