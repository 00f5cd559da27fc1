package dev.rollcall.server.incident;

import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.OutboxEntry;
import dev.rollcall.server.outbox.Withdrawal;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Who is told what about incidents: all channels of the owner of the subject that have a
/// notification for it.
record IncidentAlerts(Outbox outbox) {
  /// It has opened.
  Stream<OutboxEntry> opened(Signal signal, Incident incident) {
    return told(signal, incident, kind(incident), channels(signal, kind(incident)));
  }

  /// It goes on, and something says so again.
  Stream<OutboxEntry> again(Signal signal, Incident incident) {
    Kind kind = kind(incident);
    return told(signal, incident, kind, outbox.toldAgain(signal.subject().owner(), kind));
  }

  /// It is over: the subject is as it should be. A notification that has not been sent yet is
  /// withdrawn from channels that have none for the recovery. Other channels get both, in their
  /// order.
  Stream<OutboxEntry> recovered(Signal signal, Incident incident) {
    List<String> recoveries = channels(signal, Kind.RECOVERED);
    return Stream.concat(
        withdrawn(
            signal,
            incident,
            channels(signal, kind(incident)).stream()
                .filter(channel -> !recoveries.contains(channel))
                .toList()),
        told(signal, incident, Kind.RECOVERED, recoveries));
  }

  /// It is over, because another one of the same subject takes its place.
  Stream<OutboxEntry> replaced(Signal signal, Incident incident) {
    List<String> recoveries = channels(signal, Kind.RECOVERED);
    return withdrawn(
        signal,
        incident,
        channels(signal, kind(incident)).stream()
            .filter(channel -> !recoveries.contains(channel))
            .toList());
  }

  /// It is over, because nobody asks any more: the subject was paused or removed.
  Stream<OutboxEntry> dropped(Signal signal, Incident incident) {
    return withdrawn(signal, incident, channels(signal, kind(incident)));
  }

  private Stream<OutboxEntry> told(
      Signal signal, Incident incident, Kind kind, List<String> channels) {
    Message message =
        new Message(
            signal.subject().name(),
            signal.lastHeard(),
            signal.at(),
            Optional.of(
                new Message.OfIncident(incident.id(), incident.startedAt(), incident.cause())));
    String key =
        "%s:%d:%s:%d"
            .formatted(
                word(signal.subject()),
                signal.subject().id(),
                kind.name().toLowerCase(Locale.ROOT),
                signal.at().toEpochMilli());
    return channels.stream()
        .map(
            channel ->
                new Notification(channel, subject(signal), kind, key, message, kind == Kind.LATE));
  }

  private static Stream<OutboxEntry> withdrawn(
      Signal signal, Incident incident, List<String> channels) {
    return channels.stream()
        .map(channel -> new Withdrawal(channel, subject(signal), kind(incident)));
  }

  private List<String> channels(Signal signal, Kind kind) {
    return outbox.channels(signal.subject().owner(), kind);
  }

  private static Kind kind(Incident incident) {
    return switch (incident.kind()) {
      case DOWN -> Kind.DOWN;
      case LATE -> Kind.LATE;
      case FAILED -> Kind.FAILED;
    };
  }

  private static String subject(Signal signal) {
    return word(signal.subject()) + "/" + signal.subject().id();
  }

  private static String word(Subject subject) {
    return Subject.Type.CODEC.word(subject.type());
  }
}
