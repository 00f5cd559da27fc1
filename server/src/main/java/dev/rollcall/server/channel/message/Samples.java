package dev.rollcall.server.channel.message;

import dev.rollcall.server.outbox.Delivery;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.signal.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Messages about nothing real, one of each form: templates are tried with them, and shown.
public final class Samples {
  private static final Instant BEGAN = Instant.parse("2026-11-28T12:00:00Z");
  private static final Instant ENDED = BEGAN.plusSeconds(754);
  private static final String PAGE = "https://status.example.org/incidents/7";

  /// That an incident opens, and that it is over.
  public static final List<Delivery> INCIDENT =
      List.of(single(Kind.DOWN, BEGAN.plusSeconds(10)), single(Kind.RECOVERED, ENDED));

  /// And several together, an absence, and a test.
  public static final List<Delivery> ALL =
      List.of(
          INCIDENT.getFirst(),
          INCIDENT.getLast(),
          delivery(Kind.SEVERAL, several()),
          delivery(Kind.ABSENCE, new Message("Rollcall", BEGAN, ENDED, Optional.empty())),
          delivery(Kind.TEST, new Message("Rollcall", BEGAN, BEGAN, Optional.empty())));

  private Samples() {}

  private static Delivery single(Kind kind, Instant at) {
    Message.OfIncident incident =
        new Message.OfIncident(
            7,
            Optional.of(Kind.DOWN),
            BEGAN,
            Optional.of("status 503 (expected below 400)"),
            Optional.of("https://wiki.example.org/shop"),
            false,
            false,
            Optional.empty(),
            Optional.of(
                new Message.Links(
                    PAGE, Optional.of(PAGE + "/acknowledge").filter(_ -> kind != Kind.RECOVERED))),
            about("shop"));
    return delivery(kind, new Message("shop", at, at, Optional.of(incident)));
  }

  private static Message several() {
    return new Message(
        "2 incidents: 1 down, 1 over",
        ENDED,
        ENDED,
        Optional.empty(),
        Optional.of(
            new Message.Several(
                2,
                List.of(
                    item(7, Kind.RECOVERED, "shop", Optional.empty()),
                    item(8, Kind.DOWN, "mail", Optional.of("timeout"))),
                Optional.of("group Shop"),
                Optional.of("https://status.example.org/incidents"))));
  }

  private static Message.Item item(long id, Kind kind, String name, Optional<String> cause) {
    Instant began = kind == Kind.RECOVERED ? BEGAN : ENDED;
    return new Message.Item(
        id, kind, Optional.of(Kind.DOWN), name, began, ENDED, cause, about(name));
  }

  private static Message.About about(String name) {
    return new Message.About(
        Severity.CRITICAL,
        List.of("prod", "web"),
        Optional.of("Shop"),
        Optional.of("https://" + name + ".example.org/"));
  }

  private static Delivery delivery(Kind kind, Message message) {
    String subject = kind == Kind.SEVERAL ? "incidents" : "service:" + message.name();
    return new Delivery(subject, kind, "sample:" + kind.word(), message, message.at(), 1);
  }
}
