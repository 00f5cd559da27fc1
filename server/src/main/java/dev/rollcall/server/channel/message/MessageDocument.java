package dev.rollcall.server.channel.message;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a notification says as JSON: what a webhook gets, and `{{json}}` in templates.
/// `docs/channels/webhook.md` has its keys.
public final class MessageDocument {
  /// In bytes: Standard Webhooks wants no more.
  private static final int LONGEST = 19_500;

  /// In characters.
  private static final int LONGEST_TEXT = 1_000;

  /// Of each of several incidents.
  private static final int LONGEST_OF_SEVERAL = 200;

  private MessageDocument() {}

  public static ObjectNode of(Delivery delivery, AlertText text) {
    Message message = delivery.message();
    if (message.several().isPresent()) {
      Message.Several several = message.several().get();
      return AlertText.fittingJson(
          LONGEST, each -> several(message, several, Math.min(each, LONGEST_OF_SEVERAL)));
    }
    return delivery.kind() == Kind.ABSENCE
        ? absence(message, text)
        : AlertText.fittingJson(LONGEST, each -> one(delivery, text, Math.min(each, LONGEST_TEXT)));
  }

  private static ObjectNode document(String type, Instant at) {
    return JsonNodeFactory.instance.objectNode().put("type", type).put("timestamp", at.toString());
  }

  private static ObjectNode one(Delivery delivery, AlertText text, int each) {
    Message message = delivery.message();
    ObjectNode body = document(text.over() ? "incident.resolved" : "incident.opened", message.at());
    ObjectNode data = body.putObject("data");
    message.incident().ifPresent(incident -> data.put("incident", incident.id()));
    data.put("subject", AlertText.cut(delivery.subject(), each))
        .put("name", AlertText.cut(message.name(), each))
        .put("state", text.over() ? "resolved" : "open")
        .put("title", AlertText.cut(text.title(), each));
    message
        .incident()
        .flatMap(Message.OfIncident::ofKind)
        .or(() -> Optional.of(delivery.kind()).filter(_ -> !text.over()))
        .ifPresent(kind -> data.put("kind", kind.word()));
    message.incident().ifPresent(incident -> add(data, incident, each));
    if (text.over()) {
      data.put("ended_at", message.at().toString());
    }
    return body;
  }

  private static void add(ObjectNode data, Message.OfIncident incident, int each) {
    add(data, incident.about(), each, Integer.MAX_VALUE);
    data.put("started_at", incident.began().toString());
    if (incident.reminder()) {
      data.put("reminder", true);
    }
    if (incident.flapping()) {
      data.put("flapping", true);
    }
    incident.runbook().ifPresent(url -> data.put("runbook", url));
    incident.cause().ifPresent(cause -> data.put("cause", AlertText.cut(cause, each)));
    incident
        .links()
        .ifPresent(
            links -> {
              data.put("url", links.page());
              links.acknowledge().ifPresent(url -> data.put("acknowledge_url", url));
            });
  }

  /// @param ofTags how many characters the tags may have together
  private static void add(ObjectNode data, Message.About about, int each, int ofTags) {
    data.put("severity", about.severity().word());
    if (!about.tags().isEmpty()) {
      ArrayNode tags = data.putArray("tags");
      int left = ofTags;
      for (String tag : about.tags()) {
        left -= tag.length();
        if (left >= 0) {
          tags.add(tag);
        }
      }
    }
    about.group().ifPresent(name -> data.put("group", AlertText.cut(name, each)));
    about.address().ifPresent(url -> data.put("address", AlertText.cut(url, each)));
  }

  private static ObjectNode several(Message message, Message.Several several, int each) {
    ObjectNode body = document("incidents.changed", message.at());
    ObjectNode data =
        body.putObject("data").put("title", message.name()).put("many", several.many());
    several.common().ifPresent(common -> data.put("common", AlertText.cut(common, each)));
    several.page().ifPresent(url -> data.put("url", url));
    ArrayNode incidents = data.putArray("incidents");
    for (Message.Item item : several.first()) {
      boolean over = item.kind() == Kind.RECOVERED;
      ObjectNode one =
          incidents
              .addObject()
              .put("incident", item.incident())
              .put("name", AlertText.cut(item.name(), each))
              .put("state", over ? "resolved" : "open")
              .put("started_at", item.began().toString());
      item.ofKind()
          .or(() -> Optional.of(item.kind()).filter(_ -> !over))
          .ifPresent(kind -> one.put("kind", kind.word()));
      add(one, item.about(), each, each);
      if (item.reminder()) {
        one.put("reminder", true);
      }
      if (item.flapping()) {
        one.put("flapping", true);
      }
      if (over) {
        one.put("ended_at", item.at().toString());
      }
      item.cause().ifPresent(cause -> one.put("cause", AlertText.cut(cause, each)));
    }
    return body;
  }

  private static ObjectNode absence(Message message, AlertText text) {
    ObjectNode body = document("rollcall.absent", message.at());
    body.putObject("data")
        .put("name", AlertText.cut(message.name(), LONGEST_TEXT))
        .put("title", AlertText.cut(text.title(), LONGEST_TEXT))
        .put("from", message.lastHeard().toString())
        .put("to", message.at().toString());
    return body;
  }
}
