package dev.rollcall.server.account;

import dev.rollcall.server.account.SessionStore.Holder;
import dev.rollcall.server.http.Authenticator;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Method;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Recognizes accounts: by a token of `POST /login` or an API token in `Authorization`, with or
/// without `Bearer`, or by the cookie of a browser that has signed in.
final class AccountAuthenticator implements Authenticator {
  private static final String BEARER = "Bearer ";

  private final SessionStore sessions;
  private final Supplier<WebTokens> tokens;
  private final KnownHolders known;
  private final Clock clock;

  AccountAuthenticator(
      SessionStore sessions, Supplier<WebTokens> tokens, KnownHolders known, Clock clock) {
    this.sessions = sessions;
    this.tokens = tokens;
    this.known = known;
    this.clock = clock;
  }

  @Override
  public Finding find(Request request) {
    Optional<String> authorization = request.header("Authorization");
    return authorization.isPresent()
        ? ofHeader(authorization.get())
        : SessionCookie.of(request)
            .map(secret -> ofCookie(request, secret))
            .orElse(new Finding.Nothing());
  }

  private Finding ofHeader(String authorization) {
    String shown =
        authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length()).strip()
            : authorization.strip();
    if (ApiToken.isLike(shown)) {
      return known
          .holder(Digests.of(shown), () -> sessions.holderOfToken(shown))
          .map(AccountAuthenticator::known)
          .orElseGet(() -> new Finding.Unknown("the API token is not valid, or was revoked"));
    }
    return WebTokens.isLike(shown)
        ? known
            .holder(Digests.of(shown), () -> ofWebToken(shown))
            .map(AccountAuthenticator::known)
            .orElseGet(
                () -> new Finding.Unknown("the token is not valid or has expired: log in again"))
        : new Finding.Nothing();
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
    return known
        .holder(Digests.of(secret), () -> sessions.holderOfCookie(secret))
        .map(AccountAuthenticator::known)
        .orElseGet(Finding.Nothing::new);
  }

  private static Finding known(Holder holder) {
    return new Finding.Known(
        new Caller.User(
            holder.account(), holder.session(), holder.operates(), holder.permissions()));
  }
}
