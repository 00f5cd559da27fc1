package dev.rollcall.server.account.definition;

import java.time.Instant;

/// A person who may sign in.
///
/// @param id also the id as an owner of rows
/// @param email as it was given
/// @param operates whether the account may manage this server
/// @param secondFactor whether its password alone signs nobody in
public record Account(
    long id, String email, boolean operates, boolean secondFactor, Instant createdAt) {}
