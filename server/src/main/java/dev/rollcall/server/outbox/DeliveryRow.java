package dev.rollcall.server.outbox;

import java.time.Instant;
import java.util.Optional;

/// A delivery as the API and pages show it.
///
/// @param coalesced how many older notifications it has replaced
/// @param created when the first of these was written
/// @param written when the newest of them was written
/// @param next when its subject is tried next; empty if it is no longer pending
public record DeliveryRow(
    long id,
    String channel,
    String subject,
    String kind,
    String key,
    DeliveryState state,
    int attempts,
    int coalesced,
    Instant created,
    Instant written,
    Optional<Instant> attempted,
    Optional<Instant> next,
    Optional<Instant> done,
    Optional<String> lastError) {
  /// The name of its channel as the owner of the channel knows it.
  public String channelName() {
    return channel.substring(channel.indexOf('/') + 1);
  }
}
