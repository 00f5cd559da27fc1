package dev.rollcall.server.incident;

import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.incident.IncidentEdits.Change;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// What people do with incidents, by the API and on pages. Each change is refused with 404 for an
/// incident that is not in the scope, and with 409 for one that is over, where it has to be open,
/// or whose timeline is full.
public final class IncidentChanges {
  private static final int LONGEST_TEXT = 10_000;

  /// How many entries people may make in a timeline, and with how many characters: who reads the
  /// incident gets all of them.
  private static final int MOST_ENTRIES = 500;

  private static final int MOST_CHARACTERS = 200_000;
  private static final String TITLE = "title";
  private static final String SEVERITY = "severity";
  private static final String PHASE = "phase";

  private final IncidentStore store;
  private final IncidentEdits edits;
  private final ManualIncidents manual;
  private final IncidentLinks links;
  private final Function<Caller, String> names;
  private final Clock clock;

  /// @param names how people read who calls
  IncidentChanges(
      IncidentStore store,
      IncidentEdits edits,
      ManualIncidents manual,
      IncidentLinks links,
      Function<Caller, String> names,
      Clock clock) {
    this.store = store;
    this.edits = edits;
    this.manual = manual;
    this.links = links;
    this.names = names;
    this.clock = clock;
  }

  /// The incident with that id.
  public Incident existing(Scope scope, long id) {
    return store.find(scope, id).orElseThrow(() -> Refusal.notFound("there is no incident " + id));
  }

  private Incident open(Scope scope, long id) {
    Incident incident = existing(scope, id);
    if (!incident.isOpen()) {
      throw Refusal.of(409, "incident " + id + " is over");
    }
    return incident;
  }

  /// Opens one by hand, with the keys `title`, `subjects`, `severity` and `told`. Refused with 400
  /// and a line for each mistake, and with 409 if there are too many.
  ///
  /// @return its id
  public long open(Scope scope, JsonNode asked, Caller by) {
    ManualIncident read = ManualIncident.of(asked);
    return manual.open(scope.owner(), read, names.apply(by), clock.wall());
  }

  /// Changes what is given of `title`, `severity` and `phase`; a title or phase that is null is
  /// taken away. Refused with 400 if one of them is wrong.
  public void change(Scope scope, long id, Caller by, JsonNode asked) {
    Incident incident = existing(scope, id);
    AnyCase given = AnyCase.of(asked).only(TITLE, SEVERITY, PHASE);
    if (given.values().isEmpty()) {
      throw Refusal.badRequest("nothing is given: give title, severity or phase");
    }
    String who = names.apply(by);
    List<Change> changes = new ArrayList<>();
    if (given.values().containsKey(TITLE)) {
      Optional<String> title = title(given, incident);
      if (!title.equals(incident.title())) {
        changes.add(new Change.SetTitle(id, who, title));
      }
    }
    if (given.values().containsKey(SEVERITY)) {
      Severity severity = severity(given.required(SEVERITY));
      if (severity != incident.severity()) {
        changes.add(new Change.SetSeverity(id, who, severity));
      }
    }
    if (given.values().containsKey(PHASE)) {
      Optional<PublicPhase> phase = given.text(PHASE).map(IncidentChanges::phase);
      if (!phase.equals(incident.phase())) {
        changes.add(new Change.SetPhase(id, who, phase));
      }
    }
    requireRoom(id, "");
    edits.changeAll(changes, clock.wall());
  }

  private static Optional<String> title(AnyCase given, Incident incident) {
    Optional<String> title = given.text(TITLE).map(String::strip);
    title
        .flatMap(ManualIncident::titleFault)
        .ifPresent(
            fault -> {
              throw Refusal.badRequest(TITLE + ": " + fault);
            });
    if (title.isEmpty() && incident.subject().isEmpty()) {
      throw Refusal.badRequest(TITLE + ": is missing: this incident has no other name");
    }
    return title;
  }

  private static Severity severity(String word) {
    return Severity.CODEC
        .find(word)
        .orElseThrow(
            () -> Refusal.badRequest("severity: is '" + word + "': give critical or warning"));
  }

  private static PublicPhase phase(String word) {
    return PublicPhase.CODEC
        .find(word)
        .orElseThrow(
            () ->
                Refusal.badRequest(
                    "phase: is '"
                        + word
                        + "': give investigating, identified, monitoring or resolved"));
  }

  /// Ends it by hand. If its subject is still wrong, that is told when it is wrong anew.
  public void resolve(Scope scope, long id, Caller by) {
    edits.resolve(open(scope, id).id(), names.apply(by), clock.wall());
  }

  /// Somebody has seen it. Acknowledging again changes nothing; who comes after the first is in the
  /// timeline.
  public void acknowledge(Scope scope, long id, Caller by, Optional<String> note) {
    note.ifPresent(text -> check("note", text));
    acknowledge(open(scope, id), names.apply(by), note);
  }

  /// The incident of an acknowledging link. Refused with 404 if the key is wrong, and with 410 when
  /// the incident is over: the link ends with it.
  ///
  /// @param channel the name of the channel in the outbox
  public Incident linked(long id, String channel, String key) {
    Incident incident =
        store
            .find(Scope.everything(), id)
            .filter(_ -> links.isKey(key, id, channel))
            .orElseThrow(() -> Refusal.notFound("this link is not valid: use it as it was sent"));
    if (!incident.isOpen()) {
      throw Refusal.of(410, "incident " + id + " is over: there is nothing to acknowledge");
    }
    return incident;
  }

  /// The path of such a link.
  public String linkedPath(long id, String channel, String key) {
    return "/incidents/" + id + IncidentLinks.query(channel, key);
  }

  /// Acknowledges by such a link: somebody who has the message.
  public void acknowledgeLinked(long id, String channel, String key) {
    Incident incident = linked(id, channel, key);
    String name = channel.substring(channel.indexOf('/') + 1);
    acknowledge(incident, "somebody, from the message in " + name, Optional.empty());
  }

  private void acknowledge(Incident incident, String by, Optional<String> note) {
    requireRoom(incident.id(), note.orElse(""));
    edits.acknowledge(incident.id(), by, note, clock.wall());
  }

  /// Takes that back: reminders and escalation go on.
  public void unacknowledge(Scope scope, long id, Caller by) {
    Incident incident = open(scope, id);
    requireRoom(id, "");
    edits.unacknowledge(incident.id(), names.apply(by), clock.wall());
  }

  /// Adds a note.
  ///
  /// @param isPublic whether it is for the public
  public void note(Scope scope, long id, Caller by, String text, boolean isPublic) {
    Incident incident = existing(scope, id);
    check("text", text);
    requireRoom(id, text);
    edits.note(incident.id(), names.apply(by), text, isPublic, clock.wall());
  }

  /// Changes that come at the same moment may together go a little beyond.
  private void requireRoom(long id, String text) {
    IncidentStore.Written written = store.writtenByPeople(id);
    if (written.entries() >= MOST_ENTRIES
        || written.characters() + text.length() > MOST_CHARACTERS) {
      throw Refusal.of(
          409,
          "incident %d is full: people write %d entries with %d characters at most"
              .formatted(id, MOST_ENTRIES, MOST_CHARACTERS));
    }
  }

  private static void check(String key, String text) {
    if (text.isBlank() || text.length() > LONGEST_TEXT) {
      throw Refusal.badRequest(key + ": must have 1 to " + LONGEST_TEXT + " characters");
    }
  }
}
