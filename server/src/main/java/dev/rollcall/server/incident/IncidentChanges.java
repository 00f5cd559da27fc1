package dev.rollcall.server.incident;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.time.Clock;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// What people do with incidents, by the API and on pages. Each change is refused with 404 for an
/// incident that is not in the scope, and with 409 for one that is over, where it has to be open.
public final class IncidentChanges {
  private static final int LONGEST_TEXT = 10_000;

  private final IncidentStore store;
  private final IncidentLinks links;
  private final BiConsumer<Handle, Incident> ended;
  private final Function<Caller, String> names;
  private final Clock clock;

  /// @param ended what follows in the transaction in which somebody ends an incident
  /// @param names how people read who calls
  IncidentChanges(
      IncidentStore store,
      IncidentLinks links,
      BiConsumer<Handle, Incident> ended,
      Function<Caller, String> names,
      Clock clock) {
    this.store = store;
    this.links = links;
    this.ended = ended;
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

  /// Gives it another severity.
  void severity(Scope scope, long id, Caller by, Severity severity) {
    if (existing(scope, id).severity() != severity) {
      store.severity(id, names.apply(by), severity, clock.wall());
    }
  }

  /// Ends it by hand. If its subject is still wrong, that is told when it is wrong anew.
  public void resolve(Scope scope, long id, Caller by) {
    store.resolve(open(scope, id).id(), names.apply(by), ended, clock.wall());
  }

  /// Somebody has seen it. Acknowledging again changes nothing.
  public void acknowledge(Scope scope, long id, Caller by, Optional<String> note) {
    note.ifPresent(text -> check("note", text));
    store.acknowledge(open(scope, id).id(), names.apply(by), note, clock.wall());
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

  /// Acknowledges by such a link, in the name of the channel.
  public void acknowledgeLinked(long id, String channel, String key) {
    Incident incident = linked(id, channel, key);
    String by = channel.substring(channel.indexOf('/') + 1);
    store.acknowledge(incident.id(), by, Optional.empty(), clock.wall());
  }

  /// Takes that back.
  public void unacknowledge(Scope scope, long id, Caller by) {
    store.unacknowledge(open(scope, id).id(), names.apply(by), clock.wall());
  }

  /// Adds a note.
  public void note(Scope scope, long id, Caller by, String text) {
    Incident incident = existing(scope, id);
    check("text", text);
    store.note(incident.id(), names.apply(by), text, clock.wall());
  }

  private static void check(String key, String text) {
    if (text.isBlank() || text.length() > LONGEST_TEXT) {
      throw Refusal.badRequest(key + ": must have 1 to " + LONGEST_TEXT + " characters");
    }
  }
}
