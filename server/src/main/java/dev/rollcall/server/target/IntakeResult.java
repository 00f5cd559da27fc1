package dev.rollcall.server.target;

import inet.ipaddr.IPAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The answer to one request for targets.
///
/// @param lease the number with which the node reports that all of them are measured
/// @param until when the lease ends
/// @param targets the one that was not measured for longest comes first; may be empty
/// @param nextDue when the next target is due; empty: the pool is empty
/// @param measured how many targets the request reported as measured
/// @param removed how many due targets were removed instead, as the policy rejects them now
public record IntakeResult(
    long lease,
    Instant until,
    List<IPAddress> targets,
    Optional<Instant> nextDue,
    int measured,
    int removed) {
  public IntakeResult {
    targets = List.copyOf(targets);
  }
}
