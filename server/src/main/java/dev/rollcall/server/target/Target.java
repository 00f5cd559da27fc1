package dev.rollcall.server.target;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.Optional;

/// A target in the list.
///
/// @param measured when a node last reported it as measured; empty: never
/// @param due when it may be leased next; 1970 for a target that was never leased, so that it comes
///   first
record Target(
    IPAddress address,
    Candidate.Origin origin,
    Optional<String> name,
    Instant added,
    Optional<Instant> measured,
    Instant due) {}
