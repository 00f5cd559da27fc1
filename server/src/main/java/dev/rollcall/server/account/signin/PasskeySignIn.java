package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.factor.Challenges;
import dev.rollcall.server.account.factor.PageOrigins;
import dev.rollcall.server.account.factor.Passkey;
import dev.rollcall.server.account.factor.PasskeyOptions;
import dev.rollcall.server.account.factor.Passkeys;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.FactorStore;
import dev.rollcall.server.account.store.FactorStore.Answered;
import dev.rollcall.server.account.store.FactorStore.Stored;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Passkeys of accounts: adding and removing them, and who signs in with one. A passkey is the
/// device and what it asks of the person, so nothing else is asked. All mistakes are refusals.
public final class PasskeySignIn {
  private static final String SIGN_IN = "sign in";
  private static final int LONGEST_NAME = 100;
  private static final System.Logger LOG = System.getLogger(PasskeySignIn.class.getName());

  private final AccountStore accounts;
  private final FactorStore store;
  private final SecondFactor factors;
  private final Supplier<Challenges> challenges;
  private final PageOrigins origins;
  private final Clock clock;
  private @Nullable Passkeys passkeys;

  public PasskeySignIn(
      AccountStore accounts,
      FactorStore store,
      SecondFactor factors,
      Supplier<Challenges> challenges,
      PageOrigins origins,
      Clock clock) {
    this.accounts = accounts;
    this.store = store;
    this.factors = factors;
    this.challenges = challenges;
    this.origins = origins;
    this.clock = clock;
  }

  /// Made with the first passkey: most servers have none, and its library has hundreds of classes.
  private synchronized Passkeys passkeys() {
    if (passkeys == null) {
      passkeys = new Passkeys();
    }
    return passkeys;
  }

  /// What a page gives to the browser to sign in with a passkey; empty where there is none.
  ///
  /// @param account whose they are, if the password has told it
  public Optional<String> signInOptions(Request request, Optional<Long> account) {
    List<String> credentials = account.map(this::credentials).orElse(List.of());
    boolean some = account.isPresent() ? !credentials.isEmpty() : store.isThereAPasskey();
    return some
        ? origins
            .relyingParty(request)
            .map(
                host ->
                    PasskeyOptions.signIn(
                        challenges.get().make(SIGN_IN, clock.wall()), host, credentials))
        : Optional.empty();
  }

  /// What a page gives to the browser to add a passkey; empty where there can be none.
  public Optional<String> registrationOptions(Request request, Account account) {
    return origins
        .relyingParty(request)
        .map(
            host ->
                PasskeyOptions.registration(
                    challenges.get().make(registration(account.id()), clock.wall()),
                    host,
                    challenges.get().userHandle(account.id()),
                    account.email(),
                    credentials(account.id())));
  }

  private static String registration(long account) {
    return "register " + account;
  }

  private List<String> credentials(long account) {
    return store.passkeys(account).stream().map(each -> each.passkey().credential()).toList();
  }

  /// The account of the passkey that the browser sent, as it was before the passkey is used here.
  public WithPassword account(String json) {
    Passkeys.Shown shown = passkeys().shown(json);
    Answered answered = answered(shown.challenge(), SIGN_IN);
    Stored stored = store.passkey(shown.credential()).orElseThrow(PasskeySignIn::unknown);
    WithPassword account = accounts.find(stored.account()).orElseThrow(PasskeySignIn::unknown);
    String handle = shown.userHandle();
    if (!handle.isEmpty() && !handle.equals(challenges.get().userHandle(stored.account()))) {
      throw Refusal.of(401, "this passkey was not accepted: it is of another account");
    }
    // A form that is sent twice is no copy of a passkey, although its counter looks like that.
    if (store.isUsed(answered) || !store.usePasskey(stored, counter(shown, stored), answered)) {
      throw Refusal.of(401, "this answer of a passkey was used: try again");
    }
    return account;
  }

  private static Refusal unknown() {
    return Refusal.of(401, "this passkey is not known here: it may have been removed");
  }

  private long counter(Passkeys.Shown shown, Stored stored) {
    Passkey passkey = stored.passkey();
    try {
      return passkeys().verified(shown, passkey, shown.challenge(), origins.of(passkey));
    } catch (Passkeys.CounterWentBack e) {
      LOG.log(
          Level.WARNING,
          "account {0}: a passkey was refused, as it counts its uses and the number went back:"
              + " somebody may have a copy of it",
          stored.account());
      throw Refusal.of(
          401,
          "the passkey was refused: it counts its uses, and the number went back. If there is a"
              + " copy of it, remove it");
    }
  }

  /// Says what a challenge was for, and until when. It is used up by what it allows.
  private Answered answered(byte[] challenge, String purpose) {
    Instant end =
        challenges
            .get()
            .end(challenge, purpose, clock.wall())
            .orElseThrow(() -> Refusal.of(401, "the page was too old: try again"));
    return new Answered(Base64.getEncoder().encodeToString(challenge), end);
  }

  /// Adds the passkey that the browser sent.
  ///
  /// @return recovery codes that were made with it, if there were none
  public List<String> add(Request request, Caller.User user, String name, String json) {
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw Refusal.badRequest("name: must have 1 to " + LONGEST_NAME + " characters");
    }
    Passkeys.Made made = passkeys().made(json);
    Answered answered = answered(made.challenge(), registration(user.account()));
    String host =
        origins
            .relyingParty(request)
            .orElseThrow(() -> Refusal.badRequest("an address can have no passkeys: use a name"));
    Passkey passkey =
        passkeys().registered(made, made.challenge(), host, origins.ofRegistration(request));
    List<String> codes = factors.codesWithTheFirst(user.account());
    store.addPasskey(
        user.account(),
        name.strip(),
        passkey,
        answered,
        user.session(),
        SecondFactor.normal(codes));
    factors.changed(request, user, "add passkey " + name.strip());
    return codes;
  }

  public void remove(Request request, Caller.User user, long id) {
    if (!store.removePasskey(user.account(), id)) {
      throw Refusal.notFound("there is no such passkey any more");
    }
    factors.changed(request, user, "remove passkey " + id);
  }
}
