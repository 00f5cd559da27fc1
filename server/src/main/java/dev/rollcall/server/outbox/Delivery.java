package dev.rollcall.server.outbox;

import java.time.Instant;
import java.util.Optional;

/// A notification on its way to a receiver.
///
/// @param subject what it is about, by name: `heartbeat:backup`
/// @param kind what happened to the subject
/// @param key the same for each attempt, so that the receiver can recognize a repetition
/// @param written when it was written
/// @param attempt 1 for the first
/// @param first what the receiver returned for the first notification of the same incident
///   ([Channel.Result.Sent#receipt]), so that this one can refer to it; empty if there is none
/// @param claim whether it may still be sent
public record Delivery(
    String subject,
    Notification.Kind kind,
    String key,
    Message message,
    Instant written,
    int attempt,
    Optional<String> first,
    DeliveryClaim claim) {
  /// One that nobody else sends.
  public Delivery(
      String subject,
      Notification.Kind kind,
      String key,
      Message message,
      Instant written,
      int attempt,
      Optional<String> first) {
    this(subject, kind, key, message, written, attempt, first, DeliveryClaim.ALWAYS);
  }

  /// One that refers to no other.
  public Delivery(
      String subject,
      Notification.Kind kind,
      String key,
      Message message,
      Instant written,
      int attempt) {
    this(subject, kind, key, message, written, attempt, Optional.empty());
  }
}
