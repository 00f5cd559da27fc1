package dev.rollcall.server.monitor;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Instant;
import java.util.Optional;

/// A span in which a service was up, or down, without a break.
///
/// @param cause why it went down; empty for an uptime
/// @param ended empty while it lasts
record Event(
    long id,
    Kind kind,
    Optional<String> cause,
    Instant started,
    Optional<Instant> ended,
    Instant createdAt,
    Instant updatedAt) {

  /// Which of the two, with the word of go-service-healthcheck's API.
  enum Kind {
    UPTIME,
    DOWNTIME;

    static final EnumCodec<Kind> CODEC = EnumCodec.ofWords(Kind.class);

    String word() {
      return CODEC.word(this);
    }
  }
}
