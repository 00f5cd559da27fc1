package dev.rollcall.server.signal;

import java.time.Instant;
import java.util.Optional;

/// The confirmed state of a subject changed.
///
/// @param from the previous state, as the API writes it: `up`
/// @param to the new state. The same as `from` is a reminder: the state goes on.
/// @param cause why, in words; empty if the states say all there is to say
/// @param lastHeard when the subject was last heard from: the last ping of a heartbeat, or when it
///   was created; the observation that confirmed the state of a service
/// @param began when the new state began; for a state that was confirmed, that is earlier than the
///   signal
/// @param at when the change was found
/// @param answer what came back instead of what was expected, as JSON
public record Signal(
    Subject subject,
    String from,
    String to,
    Optional<String> cause,
    Instant lastHeard,
    Instant began,
    Instant at,
    Optional<String> answer) {
  /// One that no answer belongs to.
  public Signal(
      Subject subject,
      String from,
      String to,
      Optional<String> cause,
      Instant lastHeard,
      Instant began,
      Instant at) {
    this(subject, from, to, cause, lastHeard, began, at, Optional.empty());
  }

  /// Whether it says only that a state goes on.
  public boolean isReminder() {
    return from.equals(to);
  }
}
