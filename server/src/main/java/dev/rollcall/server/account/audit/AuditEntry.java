package dev.rollcall.server.account.audit;

import java.time.Instant;
import java.util.Optional;

/// A change that somebody made.
///
/// @param account of who made it; empty without an account
/// @param caller who made it, as people read it
/// @param address of the client
/// @param action what was called: `PATCH /v1/services/{id}`
/// @param target what was changed: `/v1/services/17`
public record AuditEntry(
    long id,
    Instant at,
    Optional<Long> account,
    String caller,
    String address,
    String action,
    String target) {}
