package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.store.SessionStore.MadeToken;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.List;

/// `/account`: for who is signed in, their sessions, API tokens and password.
public final class AccountPages {
  private static final String PATH = AccountForms.ACCOUNT;

  private final AccountPage page;
  private final SignInPages signIn;
  private final OwnAccount own;
  private final Sessions sessions;
  private final AccountForms forms;

  public AccountPages(
      AccountPage page, SignInPages signIn, OwnAccount own, Sessions sessions, AccountForms forms) {
    this.page = page;
    this.signIn = signIn;
    this.own = own;
    this.sessions = sessions;
    this.forms = forms;
  }

  public List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.PUBLIC, this::page),
        forms.own(PATH + "/password", this::changePassword),
        forms.own(PATH + "/delete", this::delete),
        forms.own(PATH + "/tokens", this::makeToken),
        forms.own(PATH + "/revoke", this::revokeToken),
        forms.own(PATH + "/end", this::endSession));
  }

  private Answer page(Request request) {
    return forms
        .person(request)
        .map(person -> page.of(request, person))
        .orElseGet(() -> signIn.page(request));
  }

  private Answer changePassword(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.changePassword(request, user, fields.proof(), fields.text("next"));
    forms.record(request, user);
    return forms.done(PATH, forms.texts().of("account.password.changed"));
  }

  private Answer changed(Request request, Caller.User user, FormFields fields, String words) {
    forms.record(request, user, fields.id());
    return forms.done(PATH, words);
  }

  private Answer delete(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    Account account = own.of(user); // before it is gone
    String proof = fields.text(own.hasPassword(user) ? "password" : "email");
    own.delete(request, user, proof, fields.given("code"));
    forms.recordEnd(request, account);
    return forms.signedOut(forms.done(PATH, forms.texts().of("account.deleted")), request);
  }

  private Answer makeToken(Request request, Caller.User user, FormFields fields) {
    MadeToken made =
        sessions.makeToken(user.account(), fields.text("name").strip(), fields.permissions());
    forms.record(request, user, made.token().id());
    return page.withToken(request, user, made.secret());
  }

  private Answer revokeToken(Request request, Caller.User user, FormFields fields) {
    if (!sessions.revoke(user.account(), fields.id())) {
      throw Refusal.notFound(forms.texts().of("account.token.gone"));
    }
    return changed(request, user, fields, forms.texts().of("account.token.revoked"));
  }

  private Answer endSession(Request request, Caller.User user, FormFields fields) {
    if (!sessions.end(user.account(), fields.id())) {
      throw Refusal.notFound(forms.texts().of("account.session.gone"));
    }
    return changed(request, user, fields, forms.texts().of("account.session.ended"));
  }
}
