package dev.rollcall.server.account.session;

import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.ApiToken;
import dev.rollcall.server.account.definition.Digests;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.session.KnownHolders.Shown;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.SessionStore.Holder;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.http.Authenticator;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Method;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.ShownToken;
import dev.rollcall.server.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Recognizes accounts: by a token of `POST /login` or an API token in `Authorization`, with or
/// without `Bearer`, or by the cookie of a browser that has signed in.
public final class AccountAuthenticator implements Authenticator {
  private final SessionStore sessions;
  private final TeamStore teams;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final Supplier<AccountSettings> settings;
  private final Clock clock;

  /// Who has signed in with a browser.
  ///
  /// @param restricted whether a second factor is demanded of them that they do not have: they may
  ///   only add one
  public record Person(Caller.User user, boolean restricted) {}

  public AccountAuthenticator(
      SessionStore sessions,
      TeamStore teams,
      Supplier<WebTokens> tokens,
      KnownHolders known,
      Supplier<AccountSettings> settings,
      Clock clock) {
    this.sessions = sessions;
    this.teams = teams;
    this.tokens = tokens;
    this.known = known;
    this.settings = settings;
    this.clock = clock;
  }

  /// Finds the holder of an API token.
  private interface Tokens {
    Optional<Holder> holder(String digest, Supplier<Optional<Holder>> read);
  }

  @Override
  public Finding find(Request request) {
    return find(request, (digest, read) -> known.holder(Shown.API_TOKEN, digest, read));
  }

  /// The same on routes that believe ([dev.rollcall.server.http.Route#believing]): while the
  /// database is out of reach, an API token still is what it was ([BelievedTokens]).
  public Finding believe(Request request) {
    return find(request, known::believed);
  }

  private Finding find(Request request, Tokens apiTokens) {
    Optional<String> shown = ShownToken.of(request);
    return shown.isPresent()
        ? ofToken(request, shown.get(), apiTokens)
        : SessionCookie.of(request)
            .map(secret -> ofCookie(request, secret))
            .orElse(new Finding.Nothing());
  }

  /// A token that nobody knows is refused everywhere: a heartbeat sent with it would otherwise
  /// count for the operator.
  private Finding ofToken(Request request, String shown, Tokens apiTokens) {
    if (shown.isEmpty()) {
      return new Finding.Unknown("Authorization is empty: is the variable with the token set?");
    }
    if (ApiToken.isLike(shown)) {
      return apiTokens
          .holder(Digests.of(shown), () -> sessions.holderOfToken(shown))
          .map(holder -> known(request, holder))
          .orElseGet(() -> new Finding.Unknown("the API token is not valid, or was revoked"));
    }
    return WebTokens.isLike(shown)
        ? known
            .holder(Shown.WEB_TOKEN, Digests.of(shown), () -> ofWebToken(shown))
            .map(holder -> known(request, holder))
            .orElseGet(
                () -> new Finding.Unknown("the token is not valid or has expired: log in again"))
        : new Finding.Unknown(ShownToken.NOT_VALID);
  }

  private Optional<Holder> ofWebToken(String shown) {
    OptionalLong session = tokens.get().session(shown, clock.wall());
    return session.isPresent() ? sessions.holder(session.getAsLong()) : Optional.empty();
  }

  /// A page of another site can make a browser send the cookie, so such a request changes nothing.
  /// A session that has ended counts as none: the pages are open to everybody.
  private Finding ofCookie(Request request, String secret) {
    if (request.method() != Method.GET && request.otherSite().isPresent()) {
      return new Finding.Doubtful("the request comes from a page of another site");
    }
    return ofCookie(secret).map(holder -> known(request, holder)).orElseGet(Finding.Nothing::new);
  }

  private Optional<Holder> ofCookie(String secret) {
    return known.holder(Shown.COOKIE, Digests.of(secret), () -> sessions.holderOfCookie(secret));
  }

  /// The account of a session or token. If the account needs a second factor and has none, it is
  /// refused, with the reason.
  private Finding known(Request request, Holder holder) {
    if (isRestricted(holder)) {
      return new Finding.Doubtful(
          "a second factor is demanded of this account: add one on the page /account");
    }
    Optional<Caller.Membership> team = request.query("team").map(name -> membership(holder, name));
    return new Finding.Known(
        holder.isOfTeam()
            ? new Caller.Team(holder.teams().getFirst().id(), holder.permissions())
            : user(holder, team));
  }

  private boolean isRestricted(Holder holder) {
    return !holder.secondFactor() && settings.get().secondFactor().isDemandedOf(holder.operates());
  }

  private static Caller.User user(Holder holder, Optional<Caller.Membership> team) {
    return new Caller.User(
        holder.account(), holder.session(), holder.operates(), holder.permissions(), team);
  }

  /// Who has signed in with the browser that sends this. A token in a header is for the API.
  ///
  /// @param request of the page of an account, or of a form that was sent from one
  public Optional<Person> person(Request request) {
    return ShownToken.of(request).isPresent()
        ? Optional.empty()
        : SessionCookie.of(request)
            .flatMap(this::ofCookie)
            .filter(holder -> holder.session() != 0)
            .map(holder -> new Person(user(holder, Optional.empty()), isRestricted(holder)));
  }

  /// What the holder is in the team with this name or id. An operator is an owner in each team.
  ///
  /// @throws Refusal (404) if the holder is no member, (400) if it has several teams of this name
  private Caller.Membership membership(Holder holder, String name) {
    List<Team.Mine> found =
        holder.teams().stream()
            .filter(team -> team.name().equals(name) || Long.toString(team.id()).equals(name))
            .toList();
    if (found.size() > 1) {
      throw Refusal.ofParameter("team", "is the name of several of your teams: give the id");
    }
    if (!found.isEmpty()) {
      Team.Mine team = found.getFirst();
      return new Caller.Membership(
          team.id(), team.name(), holder.operates() ? TeamRole.OWNER : team.role());
    }
    return Optional.of(name)
        .filter(id -> holder.operates() && id.matches("\\d{1,18}"))
        .flatMap(id -> teams.find(Long.parseLong(id)))
        .map(team -> new Caller.Membership(team.id(), team.name(), TeamRole.OWNER))
        .orElseThrow(() -> Refusal.notFound("you have no team '" + name + "'"));
  }
}
