package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Html;
import java.util.List;
import java.util.Optional;

/// The page of who is signed in.
public record AccountPage(
    OwnAccount own,
    Sessions sessions,
    TeamStore teams,
    SingleSignOn sso,
    FactorViews factors,
    AccountForms forms,
    Clock clock) {
  /// The page.
  Answer of(Request request, Person person) {
    return of(request, person, Optional.empty(), List.of());
  }

  /// The page with an API token that was just made: it is shown once, and in no cookie.
  Answer withToken(Request request, Caller.User user, String token) {
    return of(request, new Person(user, false), Optional.of(token), List.of());
  }

  /// The page with recovery codes that were just made: they are shown once, and in no cookie. The
  /// account has a second factor then.
  Answer withCodes(Request request, Caller.User user, List<String> codes) {
    return of(request, new Person(user, false), Optional.empty(), codes);
  }

  private Answer of(Request request, Person person, Optional<String> token, List<String> codes) {
    Caller.User user = person.user();
    Account account = own.of(user);
    AccountView view =
        new AccountView(
            account,
            sessions.of(user.account()),
            sessions.tokens(user.account()),
            teams.of(user.account()),
            user.session(),
            sso.view(account, own.hasPassword(user)),
            factors.of(request, person, account, codes),
            token,
            clock.wall());
    return forms.page(
        request,
        visit ->
            Html.of(out -> JtepageGenerated.render(out, Html.NONE, forms.site(), visit, view)));
  }
}
