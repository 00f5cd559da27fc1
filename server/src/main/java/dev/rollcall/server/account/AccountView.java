package dev.rollcall.server.account;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the page of an account shows.
///
/// @param session the id of the session that looks at it
/// @param token an API token that was just made, which is shown once
public record AccountView(
    Account account,
    List<SessionStore.Session> sessions,
    List<SessionStore.Token> tokens,
    long session,
    Optional<String> token,
    Instant at) {
  /// Copies the lists.
  public AccountView {
    sessions = List.copyOf(sessions);
    tokens = List.copyOf(tokens);
  }
}
