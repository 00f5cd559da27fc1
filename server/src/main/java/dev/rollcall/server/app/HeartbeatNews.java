package dev.rollcall.server.app;

import dev.rollcall.server.heartbeat.Notice;
import dev.rollcall.server.heartbeat.Telling;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.Owed;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Owes what happens to heartbeats on every channel that has words for it.
record HeartbeatNews(Outbox outbox) implements Telling {
  /// As long as the outbox allows, with what stands before it.
  private static final int LONGEST_NAME = 380;

  @Override
  public void tell(Handle tx, List<Notice> notices) {
    outbox.add(tx, notices.stream().flatMap(this::owed).toList());
  }

  private Stream<Owed> owed(Notice notice) {
    String kind =
        switch (notice.kind()) {
          case LATE, STILL_LATE -> "late";
          case FAILED -> "failed";
          case RECOVERED -> "recovered";
        };
    return outbox.channels(kind).stream()
        .map(
            channel ->
                new Owed(
                    channel,
                    subject(notice),
                    kind,
                    "heartbeat:%d:%s:%d"
                        .formatted(notice.heartbeat(), kind, notice.at().toEpochMilli()),
                    payload(notice),
                    kind.equals("late")));
  }

  private static String subject(Notice notice) {
    return notice.name().length() <= LONGEST_NAME
        ? "heartbeat:" + notice.name()
        : "heartbeat-id:" + notice.heartbeat();
  }

  private static ObjectNode payload(Notice notice) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", notice.name())
        .put("last_ping", notice.last().getEpochSecond())
        .put("at", notice.at().getEpochSecond());
  }
}
