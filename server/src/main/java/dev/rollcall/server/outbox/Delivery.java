package dev.rollcall.server.outbox;

import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/// One piece of news on its way to a receiver.
///
/// @param subject whose news it is
/// @param kind what happened to the subject
/// @param key the same for each attempt: the receiver can tell by it what it has got already
/// @param payload as it was owed
/// @param owed when it was owed
/// @param attempt 1 for the first
public record Delivery(
    String subject, String kind, String key, ObjectNode payload, Instant owed, int attempt) {}
