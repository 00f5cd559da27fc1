package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.incident.maintenance.MaintenanceChanges;
import dev.rollcall.server.incident.maintenance.MaintenanceStore;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Whose;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `/maintenance`: the spans in which nobody is told, and a form that begins one.
public final class MaintenancePages {
  /// The id of their section of the site.
  public static final String SECTION = "maintenance";

  private static final String PATH = "/maintenance";
  private static final int ROWS = 50;

  /// The fields that are lists.
  private static final List<String> LISTS = List.of("names", "tags", "groups");

  /// The fields that are texts; those of times that are not given do not count.
  private static final List<String> TEXTS = List.of("title", "from", "for");

  private final MaintenanceChanges changes;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  public MaintenancePages(Incidents incidents, Site site, Clock clock) {
    this.changes = incidents.maintenance();
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(
            PATH,
            Access.USER,
            request -> page(request, 200, MaintenanceView.Draft.EMPTY, List.of())),
        forms.post(PATH, Access.USER, this::create),
        forms.post(PATH + "/end", Access.USER, this::end),
        forms.post(PATH + "/delete", Access.USER, this::delete));
  }

  private Answer page(
      Request request, int status, MaintenanceView.Draft draft, List<String> mistakes) {
    Whose whose = Whose.of(request);
    long before = request.queryNumber("before").orElse(Long.MAX_VALUE);
    List<MaintenanceStore.Row> rows = changes.newest(whose.scope(), before, ROWS);
    MaintenanceView view =
        new MaintenanceView(
            whose,
            rows.stream().map(row -> MaintenanceView.Line.of(row, changes.phase(row))).toList(),
            changes.ofFile(whose.scope()).stream()
                .map(one -> MaintenanceView.Line.of(one, changes.phase(one)))
                .toList(),
            rows.size() == ROWS ? PATH + "?before=" + rows.getLast().id() + whose.more() : "",
            draft,
            mistakes,
            whose.changes(),
            clock.wall());
    return forms.page(
        request,
        status,
        visit -> Html.of(out -> JtemaintenanceGenerated.render(out, Html.NONE, site, visit, view)));
  }

  /// What is wrong with the form is shown above it, with what was typed.
  private Answer create(Request request, Query fields) {
    ObjectNode definition = definition(fields);
    try {
      long id = changes.create(request.scope(), definition, request.caller());
      String made =
          changes
              .hint(request.scope(), id)
              .map(hint -> site.texts().of("maintenance.done.hint", hint))
              .orElseGet(() -> site.texts().of("maintenance.done.made"));
      return done(request, id, made);
    } catch (Refusal e) {
      return page(request, e.status(), MaintenanceView.Draft.of(fields), e.reasons());
    }
  }

  private static ObjectNode definition(Query fields) {
    ObjectNode definition = JsonNodeFactory.instance.objectNode();
    for (String key : TEXTS) {
      given(fields, key).ifPresent(text -> definition.put(key, text));
    }
    for (String key : LISTS) {
      List<String> words =
          given(fields, key).stream()
              .flatMap(text -> Arrays.stream(text.split(",", -1)))
              .map(String::strip)
              .filter(word -> !word.isEmpty())
              .toList();
      if (!words.isEmpty()) {
        ArrayNode list = definition.putArray(key);
        words.forEach(list::add);
      }
    }
    if (fields.single("all").isPresent()) {
      definition.put("all", true);
    }
    return definition;
  }

  private Answer end(Request request, Query fields) {
    long id = id(fields);
    changes.end(request.scope(), id);
    return done(request, id, site.texts().of("maintenance.done.ended"));
  }

  private Answer delete(Request request, Query fields) {
    long id = id(fields);
    changes.delete(request.scope(), id);
    return done(request, id, site.texts().of("maintenance.done.deleted"));
  }

  private Answer done(Request request, long id, String words) {
    return forms.done(Whose.of(request).link(PATH), new Flash(Flash.Tone.DONE, words)).naming(id);
  }

  private static Optional<String> given(Query fields, String name) {
    return fields.single(name).map(String::strip).filter(text -> !text.isEmpty());
  }

  /// 0 if there can be none with it.
  private static long id(Query fields) {
    return given(fields, "id")
        .filter(id -> id.matches("\\d{1,18}"))
        .map(Long::parseLong)
        .orElse(0L);
  }
}
