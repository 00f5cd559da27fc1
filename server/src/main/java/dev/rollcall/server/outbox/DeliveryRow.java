package dev.rollcall.server.outbox;

import java.time.Instant;
import java.util.Optional;

/// A delivery as an operator looks at it.
///
/// @param coalesced how many older news it took the place of
/// @param created since when something is owed
/// @param owed when the newest of it was owed
/// @param next when its subject is tried next; empty where it is not pending any more
record DeliveryRow(
    long id,
    String channel,
    String subject,
    String kind,
    String key,
    DeliveryState state,
    int attempts,
    int coalesced,
    Instant created,
    Instant owed,
    Optional<Instant> attempted,
    Optional<Instant> next,
    Optional<Instant> done,
    Optional<String> lastError) {}
