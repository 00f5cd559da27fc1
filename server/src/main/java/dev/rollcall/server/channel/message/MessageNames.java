package dev.rollcall.server.channel.message;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The names of templates and their values for one delivery, the same for all channels.
/// `docs/channels.md` has the list. A value that there is not is empty.
final class MessageNames {
  /// The name of the document of the webhook.
  private static final String JSON = "json";

  private static final String INCIDENTS = "incidents";

  /// How the library says where in a list a section is.
  private static final List<String> PLACES = List.of("-first", "-last");

  /// All of them.
  static final Set<String> ALL = all();

  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Markup markup;
  private final int each;

  /// @param each the characters of a value
  private MessageNames(Markup markup, int each) {
    this.markup = markup;
    this.each = each;
  }

  private static Set<String> all() {
    Set<String> names = new TreeSet<>(PLACES);
    names.addAll(of(Samples.ALL.getFirst(), Markup.plain(1), 50).keySet());
    return Set.copyOf(names);
  }

  /// The values for a delivery, escaped.
  ///
  /// @param each the characters of a value, before it is escaped
  static Map<String, Object> of(Delivery delivery, Markup markup, int each) {
    return new MessageNames(markup, each).values(delivery);
  }

  private Map<String, Object> values(Delivery delivery) {
    Message message = delivery.message();
    AlertText text = AlertText.of(delivery);
    Optional<Message.OfIncident> incident = message.incident();
    List<Message.Item> items = message.several().map(Message.Several::first).orElse(List.of());
    put("title", text.title());
    put("text", text.factLines());
    put("name", message.name());
    put("kind", delivery.kind().word());
    put("subject", delivery.subject());
    state(text.over(), items.isEmpty() ? status(delivery.kind()) : status(items));
    put("cause", incident.flatMap(one -> one.ended().or(one::cause)));
    about(incident.map(Message.OfIncident::about));
    put("runbook", incident.flatMap(Message.OfIncident::runbook));
    put("url", url(message));
    put(
        "acknowledge_url",
        incident.flatMap(Message.OfIncident::links).flatMap(Message.Links::acknowledge));
    long id = incident.map(Message.OfIncident::id).orElse(0L);
    put("incident", Long.toString(items.isEmpty() ? id : items.getFirst().incident()));
    put("last_heard", time(message.lastHeard()));
    put("at", time(message.at()));
    boolean absence = delivery.kind() == Kind.ABSENCE;
    Instant since = absence ? message.lastHeard() : message.at();
    span(incident.map(Message.OfIncident::began).orElse(since), message.at(), text.over());
    put("common", message.several().flatMap(Message.Several::common));
    put("count", Integer.toString(message.several().map(Message.Several::many).orElse(1)));
    values.put("reminder", incident.filter(Message.OfIncident::reminder).isPresent());
    values.put("flapping", incident.filter(Message.OfIncident::flapping).isPresent());
    values.put("several", delivery.kind() == Kind.SEVERAL);
    values.put("absence", absence);
    values.put("test", delivery.kind() == Kind.TEST);
    String document = MessageDocument.of(delivery, text).toString();
    values.put(JSON, markup.json() ? document : markup.escape().apply(document));
    Map<String, Object> itself = new HashMap<>(values);
    itself.put(INCIDENTS, List.of());
    values.put(
        INCIDENTS, items.isEmpty() ? List.of(itself) : items.stream().map(this::item).toList());
    return values;
  }

  private Map<String, Object> item(Message.Item item) {
    MessageNames names = new MessageNames(markup, each);
    boolean over = item.kind() == Kind.RECOVERED;
    names.put("name", item.name());
    names.put("kind", item.kind().word());
    names.state(over, status(item.kind()));
    names.put("cause", item.cause());
    names.about(Optional.of(item.about()));
    names.put("incident", Long.toString(item.incident()));
    names.values.put("reminder", item.reminder());
    names.values.put("flapping", item.flapping());
    names.put("at", time(item.at()));
    names.span(item.began(), item.at(), over);
    names.values.put(INCIDENTS, List.of()); // a list within a list within a list never ends
    return names.values;
  }

  /// As healthchecks and Uptime Kuma have it: `down` is what does not work, and nothing else.
  private static String status(Kind kind) {
    return switch (kind) {
      case DOWN, LATE, FAILED, SEVERAL -> "down";
      case SLOW, CERTIFICATE, TEST -> kind.word();
      case MANUAL -> "open";
      case RECOVERED, ABSENCE -> "up";
    };
  }

  /// `down` if something is; otherwise that of the first that is open, or `up`.
  private static String status(List<Message.Item> items) {
    List<String> open =
        items.stream()
            .filter(item -> item.kind() != Kind.RECOVERED)
            .map(item -> status(item.kind()))
            .toList();
    return open.contains("down") ? "down" : open.stream().findFirst().orElse("up");
  }

  private void about(Optional<Message.About> about) {
    put("severity", about.map(one -> one.severity().word()));
    put("group", about.flatMap(Message.About::group));
    put("address", about.flatMap(Message.About::address));
    put("tags", about.map(one -> String.join(", ", one.tags())));
    values.put("critical", about.filter(one -> one.severity() == Severity.CRITICAL).isPresent());
    values.put("warning", about.filter(one -> one.severity() == Severity.WARNING).isPresent());
  }

  private void state(boolean over, String status) {
    put("status", status);
    put("state", over ? "resolved" : "open");
    values.put("open", !over);
    values.put("resolved", over);
  }

  private void span(Instant began, Instant at, boolean over) {
    Duration took = Duration.between(began, at).truncatedTo(ChronoUnit.SECONDS);
    put("started_at", time(began));
    put("ended_at", over ? time(at) : "");
    put("duration", Durations.text(took.isNegative() ? Duration.ZERO : took));
  }

  private static Optional<String> url(Message message) {
    return message
        .incident()
        .flatMap(Message.OfIncident::links)
        .map(Message.Links::page)
        .or(() -> message.several().flatMap(Message.Several::page));
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void put(String name, Optional<String> value) {
    put(name, value.orElse(""));
  }

  private void put(String name, String value) {
    values.put(name, markup.escape().apply(AlertText.cut(value, each)));
  }
}
