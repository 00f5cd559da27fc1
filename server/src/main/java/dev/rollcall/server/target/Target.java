package dev.rollcall.server.target;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.Optional;

/// One address of the pool, as a list shows it.
///
/// @param measured when a node last said so; nothing: never
/// @param due when it may be handed out next; 1970: before all that were measured
record Target(
    IPAddress address,
    Candidate.Origin origin,
    Optional<String> name,
    Instant added,
    Optional<Instant> measured,
    Instant due) {}
