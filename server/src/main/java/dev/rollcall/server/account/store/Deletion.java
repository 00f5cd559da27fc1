package dev.rollcall.server.account.store;

import java.time.Instant;

/// The deletion of an account or a team that has begun: nobody signs in or acts for it any more.
///
/// @param owner the id of the account or team
/// @param since when it began
public record Deletion(long owner, Instant since) {}
