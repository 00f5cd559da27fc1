package dev.rollcall.server.account.session;

import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Kind;
import dev.rollcall.server.account.store.SessionStore.MadeToken;
import dev.rollcall.server.account.store.SessionStore.Session;
import dev.rollcall.server.account.store.SessionStore.Token;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.Permission;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Sessions and API tokens. What has ended or was revoked counts no more at once.
public final class Sessions {
  /// How long a browser is signed in.
  public static final Duration OF_BROWSER = Duration.ofDays(30);

  /// How long a sign-in is a proof for what else needs the person.
  public static final Duration FRESH = Duration.ofMinutes(10);

  private static final int LONGEST_AGENT = 200;

  private final SessionStore store;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final Clock clock;

  public Sessions(SessionStore store, Supplier<WebTokens> tokens, KnownHolders known, Clock clock) {
    this.store = store;
    this.tokens = tokens;
    this.known = known;
    this.clock = clock;
  }

  /// Begins a session that a token shows.
  ///
  /// @param shown the account as it was when its password was compared
  /// @return the token; empty if the account has changed
  public Optional<String> ofToken(Request request, WithPassword shown, Duration lifetime) {
    Instant now = clock.wall();
    return begin(request, shown, Kind.JWT, Optional.empty(), lifetime)
        .map(session -> tokens.get().sign(shown.account().id(), session, now, now.plus(lifetime)));
  }

  /// Begins a session of a browser for who has shown all that is asked.
  ///
  /// @param shown the account as it was before
  /// @return the value of its cookie; empty if the account has changed
  public Optional<String> ofBrowser(Request request, WithPassword shown) {
    String secret = Digests.secret();
    return begin(request, shown, Kind.BROWSER, Optional.of(secret), OF_BROWSER).map(_ -> secret);
  }

  /// Begins a session of a browser for somebody whom a provider has identified.
  ///
  /// @param shown the account as it was then
  /// @return the value of its cookie; empty if the account has changed
  public Optional<String> ofProvider(Request request, WithPassword shown, Duration lifetime) {
    String secret = Digests.secret();
    return begin(request, shown, Kind.PROVIDER, Optional.of(secret), lifetime).map(_ -> secret);
  }

  private Optional<Long> begin(
      Request request, WithPassword shown, Kind kind, Optional<String> secret, Duration lifetime) {
    String agent = request.header("User-Agent").orElse("");
    return store.begin(
        shown,
        kind,
        secret,
        request.client().getHostAddress(),
        agent.substring(0, Math.min(agent.length(), LONGEST_AGENT)),
        lifetime);
  }

  /// The sessions of an account.
  public List<Session> of(long account) {
    return store.sessions(account);
  }

  /// Whether the session has just begun: that shows that the person is at the keyboard.
  public boolean isFresh(Caller.User user) {
    Instant since = clock.wall().minus(FRESH);
    return store.sessions(user.account()).stream()
        .anyMatch(one -> one.id() == user.session() && one.createdAt().isAfter(since));
  }

  /// Ends the session of a request.
  public void end(Caller.User user) {
    store.end(user.account(), user.session());
    known.forget();
  }

  /// Ends a session of an account.
  ///
  /// @return false if it has none with this id
  public boolean end(long account, long session) {
    return forgotten(store.end(account, session));
  }

  /// The API tokens of an account or a team.
  public List<Token> tokens(long owner) {
    return store.tokens(owner);
  }

  /// Makes an API token of an account or a team.
  ///
  /// @throws dev.rollcall.server.http.Refusal as [SessionStore#create]
  public MadeToken makeToken(long owner, String name, Set<Permission> permissions) {
    return store.create(owner, name, permissions);
  }

  /// Revokes an API token of an account or a team.
  ///
  /// @return false if it has none with this id
  public boolean revoke(long owner, long token) {
    return forgotten(store.revoke(owner, token));
  }

  private boolean forgotten(boolean changed) {
    if (changed) {
      known.forget();
    }
    return changed;
  }

  /// Makes the role of an account count that has changed.
  public void roleChanged() {
    known.forget();
  }
}
