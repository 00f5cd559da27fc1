package dev.rollcall.server.incident;

import dev.rollcall.server.incident.IncidentChannels.Due;
import dev.rollcall.server.incident.IncidentChannels.Phase;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subjects;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// What is said of incidents that are due to be told. When that is, [Notifier] decides.
final class IncidentNotifications {
  /// What the messages about several incidents have in common in the outbox.
  static final String LANE = "incidents";

  /// How many incidents a message about several names.
  static final int NAMED = 20;

  /// What is open before what is over, and what is critical before warnings.
  private static final Comparator<Due> WORST_FIRST =
      Comparator.comparing((Due due) -> due.row().phase() == Phase.ENDED)
          .thenComparing(due -> due.incident().severity() != Severity.CRITICAL);

  private static final int LONGEST_CAUSE = 300;

  private final Subjects subjects;
  private final IncidentLinks links;

  IncidentNotifications(Subjects subjects, IncidentLinks links) {
    this.subjects = subjects;
    this.links = links;
  }

  /// That an incident is open, or over, by itself.
  Notification single(Handle tx, Due due) {
    Incident incident = due.incident();
    boolean over = due.row().phase() == Phase.ENDED;
    Kind kind = happened(due);
    Message message =
        new Message(
            incident.name(),
            heard(incident, over),
            over ? end(incident) : confirmed(incident),
            Optional.of(
                new Message.OfIncident(
                    incident.id(),
                    Optional.of(IncidentAlerts.kind(incident)),
                    incident.startedAt(),
                    incident.cause(),
                    incident.keys().runbook(),
                    !over && due.row().times() > 0,
                    isFlapping(due),
                    incident.endCause(),
                    links.of(tx, incident, due.row().channel()),
                    about(tx, incident))));
    String key = "incident:%d:%s:%d".formatted(incident.id(), kind.word(), due.row().times());
    String lane = IncidentAlerts.lane(incident);
    return new Notification(due.row().channel(), lane, kind, key, message, false);
  }

  /// When its subject was last heard from; one that a person opened has none that is.
  private static Instant heard(Incident incident, boolean over) {
    if (incident.kind() == IncidentKind.MANUAL) {
      return Message.NEVER;
    }
    return over ? end(incident) : incident.lastHeard();
  }

  /// When it was confirmed as what it is; what is down now may have opened as slow.
  private static Instant confirmed(Incident incident) {
    return incident.lastHeard().isAfter(incident.openedAt())
        ? incident.lastHeard()
        : incident.openedAt();
  }

  private static Instant end(Incident incident) {
    return incident.resolvedAt().orElse(incident.openedAt());
  }

  private Message.About about(Handle tx, Incident incident) {
    return new Message.About(
        incident.severity(),
        incident.keys().tags(),
        incident.keys().group(),
        incident.subject().flatMap(subject -> subjects.address(tx, subject)));
  }

  /// What became of several incidents, in one message.
  ///
  /// @param key by which the receiver recognizes it
  Notification several(Handle tx, String channel, String key, List<Due> told, Instant now) {
    List<Message.Item> named =
        inOrder(told.stream().sorted(WORST_FIRST).limit(NAMED).toList()).stream()
            .map(one -> item(tx, one))
            .toList();
    Message message =
        new Message(
            title(told),
            now,
            now,
            Optional.empty(),
            Optional.of(
                new Message.Several(
                    told.size(),
                    named,
                    common(told),
                    links.list(tx, told.getFirst().incident().owner()))));
    return new Notification(channel, LANE, Kind.SEVERAL, key, message, false);
  }

  /// What is told of one subject in the order in which it happened, at the place of the worst: who
  /// reads that it is down, and then that it is over, believes that it is up.
  private static List<Due> inOrder(List<Due> worstFirst) {
    Map<String, List<Due>> bySubject =
        worstFirst.stream()
            .collect(
                Collectors.groupingBy(
                    due -> IncidentAlerts.lane(due.incident()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return bySubject.values().stream()
        .flatMap(dues -> dues.stream().sorted(Comparator.comparing(due -> due.incident().id())))
        .toList();
  }

  private Message.Item item(Handle tx, Due due) {
    Incident incident = due.incident();
    boolean over = due.row().phase() == Phase.ENDED;
    return new Message.Item(
        incident.id(),
        happened(due),
        Optional.of(IncidentAlerts.kind(incident)),
        incident.name(),
        incident.startedAt(),
        over ? end(incident) : incident.openedAt(),
        (over ? incident.endCause() : incident.cause()).map(IncidentNotifications::cut),
        !over && due.row().times() > 0,
        isFlapping(due),
        about(tx, incident));
  }

  private static Kind happened(Due due) {
    return due.row().phase() == Phase.ENDED ? Kind.RECOVERED : IncidentAlerts.kind(due.incident());
  }

  private static boolean isFlapping(Due due) {
    return due.incident().flapping() && due.row().phase() != Phase.ENDED;
  }

  private static String cut(String cause) {
    return cause.length() <= LONGEST_CAUSE
        ? cause
        : cause.substring(0, cause.offsetByCodePoints(0, LONGEST_CAUSE / 2)) + "…";
  }

  /// `12 incidents: 10 down, 2 over`.
  private static String title(List<Due> told) {
    Map<String, Long> counts =
        told.stream()
            .collect(
                Collectors.groupingBy(
                    IncidentNotifications::word, TreeMap::new, Collectors.counting()));
    return told.size()
        + (told.size() == 1 ? " incident: " : " incidents: ")
        + counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "));
  }

  private static String word(Due due) {
    if (isFlapping(due)) {
      return "flapping";
    }
    Kind kind = happened(due);
    return kind == Kind.RECOVERED ? "over" : kind.word();
  }

  /// What all of them have in common: their group, or why.
  private static Optional<String> common(List<Due> told) {
    Optional<String> group = told.getFirst().incident().keys().group();
    if (group.isPresent()
        && told.stream().allMatch(one -> one.incident().keys().group().equals(group))) {
      return group.map(name -> "group " + name);
    }
    Optional<String> cause = told.getFirst().incident().cause();
    return cause.filter(_ -> told.stream().allMatch(one -> one.incident().cause().equals(cause)));
  }
}
