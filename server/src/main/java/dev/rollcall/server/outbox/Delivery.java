package dev.rollcall.server.outbox;

import java.time.Instant;

/// A notification on its way to a receiver.
///
/// @param subject what it is about, by name: `heartbeat:backup`
/// @param kind what happened to the subject
/// @param key the same for each attempt, so that the receiver can recognize a repetition
/// @param written when it was written
/// @param attempt 1 for the first
public record Delivery(
    String subject,
    Notification.Kind kind,
    String key,
    Message message,
    Instant written,
    int attempt) {}
