package dev.rollcall.server.incident.page;

import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Query;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.Incident;
import dev.rollcall.server.incident.IncidentChanges;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Flash;
import dev.rollcall.server.web.Forms;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.time.Instant;
import java.util.List;

/// `/incidents/{id}/acknowledge?channel=&key=`: the acknowledging link in messages, which needs no
/// account. Mail scanners follow links, so the page has a button, and nothing changes before.
public final class AcknowledgePages {
  private static final String PATH = "/incidents/{id}/acknowledge";

  private final IncidentChanges changes;
  private final Site site;
  private final Forms forms;
  private final Clock clock;

  /// What the page shows.
  ///
  /// @param form the path to which the button is sent
  record View(Incident incident, String form, String channel, String key, Instant at) {}

  public AcknowledgePages(Incidents incidents, Site site, Clock clock) {
    this.changes = incidents.changes();
    this.site = site;
    this.forms = new Forms(site);
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page), forms.post(PATH, Access.PUBLIC, this::post));
  }

  private Answer page(Request request) {
    String channel = request.query("channel").orElse("");
    String key = request.query("key").orElse("");
    long id = request.pathNumber("id");
    View view =
        new View(
            changes.linked(id, channel, key),
            "/incidents/" + id + "/acknowledge",
            channel,
            key,
            clock.wall());
    return forms
        .page(
            request,
            visit ->
                Html.of(out -> JteacknowledgeGenerated.render(out, Html.NONE, site, visit, view)))
        .with("Cache-Control", "no-store");
  }

  private Answer post(Request request, Query fields) {
    String channel = fields.single("channel").orElse("");
    String key = fields.single("key").orElse("");
    long id = request.pathNumber("id");
    changes.acknowledgeLinked(id, channel, key);
    String done = site.texts().of("incident.done.acknowledged");
    return forms.done(changes.linkedPath(id, channel, key), new Flash(Flash.Tone.DONE, done));
  }
}
