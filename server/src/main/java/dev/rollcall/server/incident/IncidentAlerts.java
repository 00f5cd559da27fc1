package dev.rollcall.server.incident;

import dev.rollcall.server.incident.IncidentChannels.Phase;
import dev.rollcall.server.incident.IncidentChannels.Row;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.OutboxEntry;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.outbox.Withdrawal;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// Who is told what about incidents: the channels of the owner of the subject whose routes they
/// fit. What is to be told stands in [IncidentChannels] until [Notifier] tells it. Channels that
/// are told again and again (`alert-uri`) are told at once instead, by each signal.
record IncidentAlerts(Outbox outbox) {
  /// It has opened.
  void opened(Handle tx, Signal signal, Incident incident) {
    List<Row> rows = new ArrayList<>();
    for (RoutedChannel routed : fitting(incident)) {
      AlertRoute route = routed.route();
      if (!routed.channel().isToldAgain()) {
        String channel = routed.channel().name();
        Optional<Instant> due = Optional.of(route.told(signal.at()));
        rows.add(new Row(incident.id(), channel, Phase.WAITING, due, 0));
      }
    }
    IncidentChannels.insert(tx, rows);
    again(tx, signal, incident);
  }

  /// Somebody has opened it, and the channels are told. A route fits if it fits one of the
  /// subjects; if there are none, it must not ask for tags, groups or names.
  void openedByHand(Handle tx, Incident incident, Map<Subject, AlertKeys> about) {
    List<Row> rows = new ArrayList<>();
    for (RoutedChannel routed : outbox.channels(incident.owner())) {
      boolean fits =
          about.isEmpty()
              ? fits(routed, incident, Optional.empty(), incident.keys())
              : about.entrySet().stream()
                  .anyMatch(
                      one ->
                          fits(
                              routed,
                              incident,
                              Optional.of(one.getKey()),
                              one.getValue().severity(incident.severity())));
      if (fits && routed.channel().tells(kind(incident))) {
        Optional<Instant> due = Optional.of(routed.route().told(incident.openedAt()));
        rows.add(new Row(incident.id(), routed.channel().name(), Phase.WAITING, due, 0));
      }
    }
    IncidentChannels.insert(tx, rows);
  }

  /// It goes on, and something says so again.
  void again(Handle tx, Signal signal, Incident incident) {
    outbox.add(
        tx,
        fitting(incident).stream()
            .filter(routed -> routed.channel().isToldAgain())
            .map(routed -> atOnce(routed, signal, incident))
            .toList());
  }

  /// It is no longer acknowledged: who was to be told meanwhile is told now, and reminders go on.
  void goesOn(Handle tx, long incident, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (Row row : IncidentChannels.of(tx, incident)) {
      if (row.due().isEmpty()) {
        Optional<Instant> due =
            row.phase() == Phase.WAITING
                ? Optional.of(now)
                : outbox
                    .channel(row.channel())
                    .flatMap(routed -> routed.route().toldAgain(now, row.times()));
        rows.add(new Row(incident, row.channel(), row.phase(), due, row.times()));
      }
    }
    IncidentChannels.set(tx, rows);
  }

  /// It became worse. Who was told of it is told again, and who is told of such incidents only is
  /// told now.
  ///
  /// @param before as it was
  /// @param incident as it is now
  void raised(Handle tx, Instant at, Incident before, Incident incident) {
    Map<String, Row> rows = new HashMap<>();
    IncidentChannels.of(tx, incident.id()).forEach(row -> rows.put(row.channel(), row));
    List<Row> added = new ArrayList<>();
    List<Row> again = new ArrayList<>();
    List<OutboxEntry> withdrawn = new ArrayList<>();
    for (RoutedChannel routed : fitting(incident)) {
      String channel = routed.channel().name();
      Optional<Instant> due = Optional.of(routed.route().told(at));
      Row row = rows.remove(channel);
      if (row == null) {
        added.add(new Row(incident.id(), channel, Phase.WAITING, due, 0));
      } else {
        again.add(new Row(row.incident(), channel, row.phase(), due, 0));
        withdrawn.add(new Withdrawal(channel, lane(incident), kind(before)));
      }
    }
    IncidentChannels.insert(tx, added);
    IncidentChannels.set(tx, again);
    IncidentChannels.delete(
        tx, rows.values().stream().filter(row -> row.phase() == Phase.WAITING).toList());
    outbox.add(tx, withdrawn);
  }

  /// It is over. Who was told that it opened is told of its end. Who was to be told later is not
  /// told at all. Who is told of each failure of a job is told of it also if the next run was good
  /// before that could be sent.
  ///
  /// @param silent whether only receivers that keep incidents themselves are told: another incident
  ///   of the same subject takes its place
  void over(Handle tx, Instant at, Incident incident, boolean silent) {
    List<Row> ended = new ArrayList<>();
    List<Row> done = new ArrayList<>();
    List<OutboxEntry> withdrawn = new ArrayList<>();
    for (Row row : IncidentChannels.of(tx, incident.id())) {
      boolean keeps = outbox.keepsIncidents(row.channel());
      boolean later = row.phase() == Phase.WAITING && row.due().filter(at::isBefore).isPresent();
      boolean never = row.phase() == Phase.WAITING && row.due().isEmpty();
      if (later || never || (silent && !keeps)) {
        done.add(row);
      } else {
        ended.add(
            new Row(row.incident(), row.channel(), Phase.ENDED, Optional.of(at), row.times()));
      }
      if (row.phase() == Phase.TOLD && outbox.channel(row.channel()).isPresent()) {
        withdrawn.add(new Withdrawal(row.channel(), lane(incident), kind(incident)));
      }
    }
    IncidentChannels.set(tx, ended);
    IncidentChannels.delete(tx, done);
    for (RoutedChannel routed : fitting(incident)) {
      if (routed.channel().isToldAgain() && incident.kind() != IncidentKind.FAILED) {
        String channel = routed.channel().name();
        withdrawn.add(new Withdrawal(channel, lane(incident), kind(incident)));
      }
    }
    outbox.add(tx, withdrawn);
  }

  private List<RoutedChannel> fitting(Incident incident) {
    return outbox.channels(incident.owner()).stream()
        .filter(routed -> routed.channel().tells(kind(incident)))
        .filter(routed -> fits(routed, incident, incident.subject(), incident.keys()))
        .toList();
  }

  private static boolean fits(
      RoutedChannel routed, Incident incident, Optional<Subject> subject, AlertKeys keys) {
    return routed.route().fits(routed.shownName(), subject, incident.kind().word(), keys);
  }

  private static OutboxEntry atOnce(RoutedChannel routed, Signal signal, Incident incident) {
    Kind kind = kind(incident);
    String key =
        "%s:%d:%s:%d"
            .formatted(
                Subject.Type.CODEC.word(signal.subject().type()),
                signal.subject().id(),
                kind.name().toLowerCase(Locale.ROOT),
                signal.at().toEpochMilli());
    Message message =
        new Message(
            signal.subject().name(),
            signal.lastHeard(),
            signal.at(),
            Optional.of(
                new Message.OfIncident(incident.id(), incident.startedAt(), incident.cause())));
    return new Notification(
        routed.channel().name(), lane(signal.subject()), kind, key, message, kind == Kind.LATE);
  }

  /// The kind of the notification that an incident is open.
  static Kind kind(Incident incident) {
    return switch (incident.kind()) {
      case DOWN -> Kind.DOWN;
      case LATE -> Kind.LATE;
      case FAILED -> Kind.FAILED;
      case SLOW -> Kind.SLOW;
      case CERTIFICATE -> Kind.CERTIFICATE;
      case MANUAL -> Kind.MANUAL;
    };
  }

  /// What the notifications about an incident have in common in the outbox with others about its
  /// subject.
  static String lane(Incident incident) {
    return incident.subject().map(IncidentAlerts::lane).orElse("incident/" + incident.id());
  }

  private static String lane(Subject subject) {
    return Subject.Type.CODEC.word(subject.type()) + "/" + subject.id();
  }
}
