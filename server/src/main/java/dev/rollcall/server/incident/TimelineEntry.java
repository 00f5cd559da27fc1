package dev.rollcall.server.incident;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Something that happened to an incident.
///
/// @param by who did it, as people read it; empty for what Rollcall found
/// @param text why, or what somebody wrote
/// @param isPublic whether it is a note for the public
public record TimelineEntry(
    Instant at, Type type, Optional<String> by, Optional<String> text, boolean isPublic) {
  /// One that is not for the public.
  TimelineEntry(Instant at, Type type, Optional<String> by, Optional<String> text) {
    this(at, type, by, text, false);
  }

  /// What is no longer apart than this from the entry before it is one moment.
  private static final Duration MOMENT = Duration.ofSeconds(1);

  /// The same entries, with one for the channels that were told at the same moment: `chat, pager`.
  static List<TimelineEntry> together(List<TimelineEntry> entries) {
    List<TimelineEntry> together = new ArrayList<>();
    Instant last = Instant.MIN;
    for (TimelineEntry entry : entries) {
      boolean goesOn =
          entry.type.isTelling()
              && !together.isEmpty()
              && together.getLast().type == entry.type
              && !entry.at.isAfter(last.plus(MOMENT));
      if (goesOn) {
        TimelineEntry before = together.removeLast();
        together.add(
            new TimelineEntry(before.at, before.type, before.by, Optional.of(both(before, entry))));
      } else {
        together.add(entry);
      }
      last = entry.at;
    }
    return together;
  }

  private static String both(TimelineEntry one, TimelineEntry other) {
    return Stream.of(one, other)
        .flatMap(entry -> Stream.of(entry.text.orElse("").split(", ")))
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /// What happened.
  public enum Type {
    OPENED(1),
    RESOLVED(2),
    ACKNOWLEDGED(3),
    UNACKNOWLEDGED(4),
    NOTE(5),
    /// Something was written to a channel; what became of it is in the deliveries.
    TOLD(6),
    /// It has another severity.
    SEVERITY(7),
    /// It became worse: what was slow is down.
    RAISED(8),
    /// Something was written to a channel that was told of it before.
    REMINDED(9),
    /// Something was written to a channel that is told later than others.
    ESCALATED(10),
    /// It goes up and down again and again.
    FLAPPING(11),
    /// It is called something else.
    TITLE(12),
    /// The public is told that it is in another phase.
    PHASE(13),
    /// A channel could not send its own text, but ours.
    TEMPLATE_FAILED(20);

    static final EnumCodec<Type> CODEC = EnumCodec.of(Type.class, each -> each.code);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    private boolean isTelling() {
      return this == TOLD || this == REMINDED || this == ESCALATED;
    }

    /// The number in the database.
    int code() {
      return code;
    }
  }
}
