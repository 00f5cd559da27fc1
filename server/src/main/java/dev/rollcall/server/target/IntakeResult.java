package dev.rollcall.server.target;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What one call for targets brought.
///
/// @param lease the number by which the node says that all of it was measured
/// @param until when the lease runs out
/// @param targets the longest unmeasured first; may be empty
/// @param nextDue when there is more to hand out; nothing: the pool is empty
/// @param measured how many targets the call said were measured
/// @param removed how many that were due left the pool instead, as the policy keeps them out now
record IntakeResult(
    long lease,
    Instant until,
    List<IPAddress> targets,
    Optional<Instant> nextDue,
    int measured,
    int removed) {}
