package dev.rollcall.server.incident;

import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Severity;
import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Optional;

/// Something that is wrong, or was, long enough and certainly enough that somebody should know.
///
/// @param subject what it is about, with its name when the incident opened
/// @param keys of the subject, when the incident opened
/// @param cause why, in words
/// @param startedAt when it began: that is before it was confirmed
/// @param openedAt when it was confirmed
/// @param resolvedAt when it ended; empty while it is open
/// @param endCause why it ended although the subject is not as it should be: it was removed
/// @param lastHeard when the subject was last heard from before it opened
/// @param flapping whether it stays open while its subject goes from one state to the other
/// @param acknowledged who has seen it first; empty if nobody has
public record Incident(
    long id,
    Subject subject,
    IncidentKind kind,
    AlertKeys keys,
    Optional<String> cause,
    Instant startedAt,
    Instant openedAt,
    Optional<Instant> resolvedAt,
    Optional<String> endCause,
    Instant lastHeard,
    boolean flapping,
    Optional<Acknowledgement> acknowledged) {
  /// Somebody has seen it.
  ///
  /// @param by who, as people read it
  public record Acknowledgement(String by, Instant at) {}

  /// How much it matters.
  public Severity severity() {
    return keys.severity();
  }

  /// Whether it has not ended.
  public boolean isOpen() {
    return resolvedAt.isEmpty();
  }
}
