package dev.rollcall.server.monitor;

import java.time.Instant;
import java.util.Optional;

/// A span of time in which a service was up, or down, without a break.
///
/// @param cause why it went down; empty for an uptime
/// @param ended empty while the event is open
record Event(
    long id,
    Kind kind,
    Optional<String> cause,
    Instant started,
    Optional<Instant> ended,
    Instant createdAt,
    Instant updatedAt) {

  /// The kind of an event, with the words of the API of go-service-healthcheck.
  enum Kind {
    UPTIME("uptime"),
    DOWNTIME("downtime");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Kind ofWord(String word) {
      return switch (word) {
        case "uptime" -> UPTIME;
        case "downtime" -> DOWNTIME;
        default -> throw new IllegalArgumentException("no event is called " + word);
      };
    }
  }
}
