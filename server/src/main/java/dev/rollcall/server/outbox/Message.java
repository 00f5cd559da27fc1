package dev.rollcall.server.outbox;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.signal.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a notification says. Each channel makes its own text of it.
///
/// @param name the name of the service or heartbeat; of several incidents, what they are in words
/// @param lastHeard when it was last heard from: its last ping or check; [#NEVER] for what is not
///   heard from
/// @param at when the change that the notification is about was found
/// @param incident empty for what was written before there were incidents, and for several
/// @param several what it is about, if that is more than one incident
public record Message(
    String name,
    Instant lastHeard,
    Instant at,
    Optional<OfIncident> incident,
    Optional<Several> several) {
  /// Of what is not heard from: what a person has opened.
  public static final Instant NEVER = Instant.EPOCH;

  private static final String OF_KIND = "incident_kind";

  /// The incident that the notification is about, as it was then.
  ///
  /// @param ofKind what is wrong, also where the notification says that it is over; empty for what
  ///   was written before that was kept
  /// @param began when it began: that is before it was confirmed
  /// @param cause why, in words
  /// @param runbook the URL of the page that says what to do
  /// @param reminder whether it was told before
  /// @param flapping whether its subject goes from one state to the other again and again
  /// @param ended why it is over, if not because the subject is as it should be
  /// @param links empty if it is not known where browsers find pages
  public record OfIncident(
      long id,
      Optional<Notification.Kind> ofKind,
      Instant began,
      Optional<String> cause,
      Optional<String> runbook,
      boolean reminder,
      boolean flapping,
      Optional<String> ended,
      Optional<Links> links,
      About about) {
    /// A critical one that was not told before, without links.
    public OfIncident(long id, Instant began, Optional<String> cause) {
      this(
          id,
          Optional.empty(),
          began,
          cause,
          Optional.empty(),
          false,
          false,
          Optional.empty(),
          Optional.empty(),
          About.NOTHING);
    }
  }

  /// What an incident is about, as far as everybody may see it who gets messages.
  ///
  /// @param tags of its subject
  /// @param group of its subject
  /// @param address what is asked: the URL of a service without its query
  public record About(
      Severity severity, List<String> tags, Optional<String> group, Optional<String> address) {
    /// Something critical of which no more is known.
    public static final About NOTHING =
        new About(Severity.CRITICAL, List.of(), Optional.empty(), Optional.empty());

    /// Copies the list.
    public About {
      tags = List.copyOf(tags);
    }

    private void write(ObjectNode json) {
      json.put("severity", severity.word());
      if (!tags.isEmpty()) {
        tags.forEach(json.putArray("tags")::add);
      }
      group.ifPresent(name -> json.put("group", name));
      address.ifPresent(url -> json.put("address", url));
    }

    private static About of(JsonNode stored) {
      return new About(
          Severity.CODEC.find(stored.path("severity").asString("")).orElse(Severity.CRITICAL),
          stored.path("tags").valueStream().map(JsonNode::asString).toList(),
          text(stored, "group"),
          text(stored, "address"));
    }
  }

  /// The URLs of an incident.
  ///
  /// @param page its page
  /// @param acknowledge the page that acknowledges it without an account, while it is open
  public record Links(String page, Optional<String> acknowledge) {}

  /// Several incidents.
  ///
  /// @param many how many there are
  /// @param first the first of them
  /// @param common what all of them have in common, in words
  /// @param page the URL of the page with all of them
  public record Several(
      int many, List<Item> first, Optional<String> common, Optional<String> page) {
    /// Copies the list.
    public Several {
      first = List.copyOf(first);
    }
  }

  /// One of several incidents.
  ///
  /// @param kind what happened: it opened, or it is over
  /// @param ofKind as in [OfIncident]
  /// @param cause why it opened; of one that is over why it ended, if its subject is not right
  /// @param reminder whether it was told before that it is open
  /// @param flapping whether its subject goes up and down again and again
  public record Item(
      long incident,
      Notification.Kind kind,
      Optional<Notification.Kind> ofKind,
      String name,
      Instant began,
      Instant at,
      Optional<String> cause,
      boolean reminder,
      boolean flapping,
      About about) {
    /// One that opened or ended for the first time.
    public Item(
        long incident,
        Notification.Kind kind,
        Optional<Notification.Kind> ofKind,
        String name,
        Instant began,
        Instant at,
        Optional<String> cause,
        About about) {
      this(incident, kind, ofKind, name, began, at, cause, false, false, about);
    }
  }

  /// About one subject.
  public Message(String name, Instant lastHeard, Instant at, Optional<OfIncident> incident) {
    this(name, lastHeard, at, incident, Optional.empty());
  }

  /// The ids of the incidents that it names.
  List<Long> incidents() {
    return several
        .map(all -> all.first().stream().map(Item::incident).toList())
        .or(() -> incident.map(one -> List.of(one.id())))
        .orElse(List.of());
  }

  /// The form in which it is stored: `{"name":"backup","last_ping":1700000000,"at":1700003600,
  /// "at_ms":1700003600125,"incident":7,"began":1700003500,"incident_kind":"down", "cause":"status
  /// 503","severity":"critical"}`.
  String json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("last_ping", lastHeard.getEpochSecond())
            .put("at", at.getEpochSecond())
            .put("at_ms", at.toEpochMilli());
    incident.ifPresent(
        one -> {
          json.put("incident", one.id()).put("began", one.began().getEpochSecond());
          one.ofKind().ifPresent(kind -> json.put(OF_KIND, kind.word()));
          one.cause().ifPresent(cause -> json.put("cause", cause));
          one.about().write(json);
          one.runbook().ifPresent(url -> json.put("runbook", url));
          if (one.reminder()) {
            json.put("reminder", true);
          }
          if (one.flapping()) {
            json.put("flapping", true);
          }
          one.ended().ifPresent(why -> json.put("ended", why));
          one.links()
              .ifPresent(
                  links -> {
                    json.put("page", links.page());
                    links.acknowledge().ifPresent(url -> json.put("acknowledge", url));
                  });
        });
    several.ifPresent(
        all -> {
          json.put("many", all.many());
          all.common().ifPresent(common -> json.put("common", common));
          all.page().ifPresent(url -> json.put("page", url));
          ArrayNode first = json.putArray("first");
          all.first().forEach(item -> write(first.addObject(), item));
        });
    return json.toString();
  }

  private static void write(ObjectNode json, Item item) {
    json.put("incident", item.incident())
        .put("kind", item.kind().word())
        .put("name", item.name())
        .put("began", item.began().getEpochSecond())
        .put("at", item.at().getEpochSecond());
    item.ofKind().ifPresent(kind -> json.put(OF_KIND, kind.word()));
    item.cause().ifPresent(cause -> json.put("cause", cause));
    if (item.reminder()) {
      json.put("reminder", true);
    }
    if (item.flapping()) {
      json.put("flapping", true);
    }
    item.about().write(json);
  }

  /// The subject as people know it: `heartbeat:backup` for `heartbeat/17`.
  String label(String subject) {
    int slash = subject.indexOf('/');
    return slash < 0 ? subject : subject.substring(0, slash) + ":" + name;
  }

  /// Reads that form.
  static Message of(String json) {
    ObjectNode stored = Json.stored(json);
    return new Message(
        stored.path("name").asString(""),
        Instant.ofEpochSecond(stored.path("last_ping").asLong(0)),
        stored.has("at_ms")
            ? Instant.ofEpochMilli(stored.path("at_ms").asLong())
            : Instant.ofEpochSecond(stored.path("at").asLong(0)),
        Optional.of(stored).filter(one -> one.has("incident")).map(Message::incident),
        Optional.of(stored).filter(one -> one.has("many")).map(Message::several));
  }

  private static OfIncident incident(ObjectNode stored) {
    return new OfIncident(
        stored.path("incident").asLong(),
        ofKind(stored),
        began(stored),
        text(stored, "cause"),
        text(stored, "runbook"),
        stored.path("reminder").asBoolean(false),
        stored.path("flapping").asBoolean(false),
        text(stored, "ended"),
        text(stored, "page").map(page -> new Links(page, text(stored, "acknowledge"))),
        About.of(stored));
  }

  private static Several several(ObjectNode stored) {
    List<Item> first = new ArrayList<>();
    for (JsonNode item : stored.path("first")) {
      first.add(
          new Item(
              item.path("incident").asLong(),
              Notification.Kind.CODEC
                  .find(item.path("kind").asString(""))
                  .orElse(Notification.Kind.DOWN),
              ofKind(item),
              item.path("name").asString(""),
              began(item),
              Instant.ofEpochSecond(item.path("at").asLong(0)),
              text(item, "cause"),
              item.path("reminder").asBoolean(false),
              item.path("flapping").asBoolean(false),
              About.of(item)));
    }
    return new Several(
        stored.path("many").asInt(), first, text(stored, "common"), text(stored, "page"));
  }

  private static Optional<Notification.Kind> ofKind(JsonNode stored) {
    return text(stored, OF_KIND).flatMap(Notification.Kind.CODEC::find);
  }

  private static Instant began(JsonNode stored) {
    return Instant.ofEpochSecond(stored.path("began").asLong(0));
  }

  private static Optional<String> text(JsonNode stored, String key) {
    return Optional.ofNullable(stored.get(key)).map(JsonNode::asString);
  }
}
