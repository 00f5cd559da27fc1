package dev.rollcall.server.monitor.check;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Instant;
import java.util.Optional;

/// A span of time in which a service was up, or down, without a break.
///
/// @param cause why it went down; empty for an uptime
/// @param ended empty while the event is open
public record Event(
    long id,
    Kind kind,
    Optional<String> cause,
    Instant started,
    Optional<Instant> ended,
    Instant createdAt,
    Instant updatedAt) {

  /// The kind of an event, with the words of the API of go-service-healthcheck.
  public enum Kind {
    UPTIME,
    DOWNTIME;

    /// The words in the database.
    public static final EnumCodec<Kind> CODEC = EnumCodec.ofWords(Kind.class);

    /// The word in the database and in the API.
    public String word() {
      return CODEC.word(this);
    }
  }
}
