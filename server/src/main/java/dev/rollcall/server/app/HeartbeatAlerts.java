package dev.rollcall.server.app;

import dev.rollcall.server.heartbeat.HeartbeatListener;
import dev.rollcall.server.heartbeat.HeartbeatNotice;
import dev.rollcall.server.outbox.Notification;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.OutboxEntry;
import dev.rollcall.server.outbox.Withdrawal;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Owes what happens to heartbeats on every channel that has words for it.
record HeartbeatAlerts(Outbox outbox) implements HeartbeatListener {
  /// As long as the outbox allows, with what stands before it.
  private static final int LONGEST_NAME = 380;

  private static final String LATE = "late";
  private static final String RECOVERED = "recovered";

  @Override
  public void tell(Handle tx, List<HeartbeatNotice> notices) {
    outbox.add(tx, notices.stream().flatMap(this::news).toList());
  }

  private Stream<OutboxEntry> news(HeartbeatNotice notice) {
    return switch (notice.kind()) {
      case LATE, STILL_LATE -> owed(notice, LATE);
      case FAILED -> Stream.concat(over(notice), owed(notice, "failed"));
      case RECOVERED -> Stream.concat(over(notice), owed(notice, RECOVERED));
      case DISMISSED -> withdrawn(notice, outbox.channels(LATE));
    };
  }

  private Stream<OutboxEntry> owed(HeartbeatNotice notice, String kind) {
    return outbox.channels(kind).stream()
        .map(
            channel ->
                new Notification(
                    channel,
                    subject(notice),
                    kind,
                    "heartbeat:%d:%s:%d"
                        .formatted(notice.heartbeat(), kind, notice.at().toEpochMilli()),
                    payload(notice),
                    kind.equals(LATE)));
  }

  /// It has called in. Whoever is not yet told that it was silent is told no more, where nobody
  /// would tell them that it is over; elsewhere they get both, in their order.
  private Stream<OutboxEntry> over(HeartbeatNotice notice) {
    List<String> recoveries = outbox.channels(RECOVERED);
    return withdrawn(
        notice,
        outbox.channels(LATE).stream().filter(channel -> !recoveries.contains(channel)).toList());
  }

  private static Stream<OutboxEntry> withdrawn(HeartbeatNotice notice, List<String> channels) {
    return channels.stream().map(channel -> new Withdrawal(channel, subject(notice), LATE));
  }

  private static String subject(HeartbeatNotice notice) {
    return notice.name().length() <= LONGEST_NAME
        ? "heartbeat:" + notice.name()
        : "heartbeat-id:" + notice.heartbeat();
  }

  private static ObjectNode payload(HeartbeatNotice notice) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", notice.name())
        .put("last_ping", notice.last().getEpochSecond())
        .put("at", notice.at().getEpochSecond());
  }
}
