package dev.rollcall.server.app;

import dev.rollcall.server.heartbeat.ping.HeartbeatSignal;
import dev.rollcall.server.outbox.Message;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Notification.Kind;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.OutboxEntry;
import dev.rollcall.server.outbox.Withdrawal;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalConsumer;
import dev.rollcall.server.signal.Subject;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Sends the changes of heartbeats on every channel of their owner that has a notification for
/// them.
record HeartbeatAlerts(Outbox outbox) implements SignalConsumer {
  @Override
  public void consume(Handle tx, List<Signal> signals) {
    outbox.add(
        tx,
        signals.stream()
            .filter(signal -> signal.subject().type() == Subject.Type.HEARTBEAT)
            .flatMap(this::entries)
            .toList());
  }

  private Stream<OutboxEntry> entries(Signal signal) {
    return switch (HeartbeatSignal.to(signal)) {
      case LATE -> notifications(signal, Kind.LATE);
      case FAILED -> Stream.concat(over(signal), notifications(signal, Kind.FAILED));
      case UP, NEW -> Stream.concat(over(signal), notifications(signal, Kind.RECOVERED));
      case PAUSED -> withdrawals(signal, channels(signal, Kind.LATE)); // or removed
    };
  }

  private Stream<OutboxEntry> notifications(Signal signal, Kind kind) {
    Message message = new Message(signal.subject().name(), signal.lastHeard(), signal.at());
    String key =
        "heartbeat:%d:%s:%d"
            .formatted(
                signal.subject().id(),
                kind.name().toLowerCase(Locale.ROOT),
                signal.at().toEpochMilli());
    return channels(signal, kind).stream()
        .map(
            channel ->
                new Notification(channel, subject(signal), kind, key, message, kind == Kind.LATE));
  }

  /// It is no longer late. A notification that has not been sent yet is withdrawn from channels
  /// that have none for the recovery. Other channels get both, in their order.
  private Stream<OutboxEntry> over(Signal signal) {
    List<String> recoveries = channels(signal, Kind.RECOVERED);
    return withdrawals(
        signal,
        channels(signal, Kind.LATE).stream()
            .filter(channel -> !recoveries.contains(channel))
            .toList());
  }

  private List<String> channels(Signal signal, Kind kind) {
    return outbox.channels(signal.subject().owner(), kind);
  }

  private static Stream<OutboxEntry> withdrawals(Signal signal, List<String> channels) {
    return channels.stream().map(channel -> new Withdrawal(channel, subject(signal), Kind.LATE));
  }

  private static String subject(Signal signal) {
    return "heartbeat/" + signal.subject().id();
  }
}
