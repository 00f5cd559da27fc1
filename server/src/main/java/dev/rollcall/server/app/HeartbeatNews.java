package dev.rollcall.server.app;

import dev.rollcall.server.heartbeat.Notice;
import dev.rollcall.server.heartbeat.Telling;
import dev.rollcall.server.outbox.News;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.Owed;
import dev.rollcall.server.outbox.Withdrawal;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Owes what happens to heartbeats on every channel that has words for it.
record HeartbeatNews(Outbox outbox) implements Telling {
  /// As long as the outbox allows, with what stands before it.
  private static final int LONGEST_NAME = 380;

  private static final String LATE = "late";
  private static final String RECOVERED = "recovered";

  @Override
  public void tell(Handle tx, List<Notice> notices) {
    outbox.add(tx, notices.stream().flatMap(this::news).toList());
  }

  private Stream<News> news(Notice notice) {
    return switch (notice.kind()) {
      case LATE, STILL_LATE -> owed(notice, LATE);
      case FAILED -> Stream.concat(over(notice), owed(notice, "failed"));
      case RECOVERED -> Stream.concat(over(notice), owed(notice, RECOVERED));
      case DISMISSED -> withdrawn(notice, outbox.channels(LATE));
    };
  }

  private Stream<News> owed(Notice notice, String kind) {
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
                    kind.equals(LATE)));
  }

  /// It has called in. Whoever is not yet told that it was silent is told no more, where nobody
  /// would tell them that it is over; elsewhere they get both, in their order.
  private Stream<News> over(Notice notice) {
    List<String> recoveries = outbox.channels(RECOVERED);
    return withdrawn(
        notice,
        outbox.channels(LATE).stream().filter(channel -> !recoveries.contains(channel)).toList());
  }

  private static Stream<News> withdrawn(Notice notice, List<String> channels) {
    return channels.stream().map(channel -> new Withdrawal(channel, subject(notice), LATE));
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
