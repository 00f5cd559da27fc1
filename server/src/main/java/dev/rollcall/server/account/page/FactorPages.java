package dev.rollcall.server.account.page;

import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.signin.PasskeySignIn;
import dev.rollcall.server.account.signin.SecondFactor;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.List;

/// Adding and removing second factors on `/account`.
public final class FactorPages {
  private static final String PATH = AccountForms.ACCOUNT;

  private final AccountPage page;
  private final OwnAccount own;
  private final SecondFactor factors;
  private final PasskeySignIn passkeys;
  private final AccountForms forms;

  public FactorPages(
      AccountPage page,
      OwnAccount own,
      SecondFactor factors,
      PasskeySignIn passkeys,
      AccountForms forms) {
    this.page = page;
    this.own = own;
    this.factors = factors;
    this.passkeys = passkeys;
    this.forms = forms;
  }

  public List<Route> routes() {
    return List.of(
        forms.ofFactors(PATH + "/app", this::beginApp),
        forms.ofFactors(PATH + "/app/confirm", this::confirmApp),
        forms.ofFactors(PATH + "/passkey/add", this::addPasskey),
        forms.ofFactors(PATH + "/codes", this::newCodes),
        forms.ofFactors(PATH + "/factor/remove", this::remove));
  }

  private Answer beginApp(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.confirm(request, user, fields.proof());
    factors.beginApp(user);
    return forms.done(PATH, forms.texts().of("account.app.begun"));
  }

  private Answer confirmApp(Request request, Caller.User user, FormFields fields) {
    return added(request, user, factors.confirmApp(request, user, fields.text("code")));
  }

  private Answer addPasskey(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.confirm(request, user, fields.proof());
    String name = fields.text("name");
    return added(request, user, passkeys.add(request, user, name, fields.text("credential")));
  }

  /// @param codes recovery codes that were made with the first factor
  private Answer added(Request request, Caller.User user, List<String> codes) {
    return codes.isEmpty()
        ? forms.done(PATH, forms.texts().of("account.factor.added"))
        : page.withCodes(request, user, codes);
  }

  private Answer newCodes(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.confirm(request, user, fields.proof());
    return page.withCodes(request, user, factors.newCodes(request, user));
  }

  private Answer remove(Request request, Caller.User user, FormFields fields)
      throws InterruptedException {
    own.confirm(request, user, fields.proof());
    if (fields.text("factor").equals("app")) {
      factors.removeApp(request, user);
    } else {
      passkeys.remove(request, user, fields.number("factor"));
    }
    return forms.done(PATH, forms.texts().of("account.factor.removed"));
  }
}
