package dev.rollcall.server.account.page;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.factor.QrImage;
import dev.rollcall.server.account.factor.Totp;
import dev.rollcall.server.account.page.FactorView.Adding;
import dev.rollcall.server.account.session.AccountAuthenticator.Person;
import dev.rollcall.server.account.signin.PasskeySignIn;
import dev.rollcall.server.account.signin.SecondFactor;
import dev.rollcall.server.account.store.FactorStore;
import dev.rollcall.server.http.Request;
import java.util.List;

/// Finds out what the page of an account shows of its second factors.
public record FactorViews(FactorStore store, SecondFactor factors, PasskeySignIn passkeys) {
  /// @param codes recovery codes that were just made
  FactorView of(Request request, Person person, Account account, List<String> codes) {
    return new FactorView(
        person.restricted(),
        store.app(account.id()).filter(FactorStore.App::confirmed).isPresent(),
        factors.unconfirmed(account.id()).map(totp -> adding(account, totp)),
        store.passkeys(account.id()),
        store.codes(account.id()),
        codes,
        passkeys.registrationOptions(request, account));
  }

  private static Adding adding(Account account, Totp totp) {
    String uri = totp.uri(account.email());
    return new Adding(totp.text(), uri, QrImage.of(uri));
  }
}
