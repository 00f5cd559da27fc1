package dev.rollcall.server.outbox;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// A notification on its way to a receiver.
///
/// @param subject what it is about
/// @param kind what happened to the subject
/// @param key the same for each attempt, so that the receiver can recognize a repetition
/// @param payload as it was written
/// @param owed when it was written
/// @param attempt 1 for the first
public record Delivery(
    String subject, String kind, String key, ObjectNode payload, Instant owed, int attempt) {}
