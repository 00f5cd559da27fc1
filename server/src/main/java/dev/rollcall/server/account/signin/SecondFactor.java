package dev.rollcall.server.account.signin;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.factor.RecoveryCode;
import dev.rollcall.server.account.factor.Totp;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.store.FactorStore;
import dev.rollcall.server.account.store.FactorStore.App;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.secret.SecretBox;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Authenticator apps and recovery codes of accounts: adding and removing them, and comparing what
/// somebody types. All mistakes are refusals.
public final class SecondFactor {
  /// How long a secret is shown that no code confirms.
  private static final Duration SHOWN = Duration.ofMinutes(30);

  private static final System.Logger LOG = System.getLogger(SecondFactor.class.getName());

  private final FactorStore store;
  private final Sessions sessions;
  private final Supplier<SecretBox> box;
  private final SignInLimits limits;
  private final KnownHolders known;
  private final Audit audit;
  private final Clock clock;

  public SecondFactor(
      FactorStore store,
      Sessions sessions,
      Supplier<SecretBox> box,
      SignInLimits limits,
      KnownHolders known,
      Audit audit,
      Clock clock) {
    this.store = store;
    this.sessions = sessions;
    this.box = box;
    this.limits = limits;
    this.known = known;
    this.audit = audit;
    this.clock = clock;
  }

  /// Uses up a code of the app, or a recovery code.
  ///
  /// @throws Refusal 401 if it is wrong or was used, 429 after too many wrong ones
  void require(long account, String code) {
    limits.beforeCode(account);
    String text = code.strip();
    boolean right =
        Totp.isLike(text)
            ? isOfApp(account, text)
            : RecoveryCode.normal(text)
                .filter(normal -> store.useCode(account, normal))
                .isPresent();
    if (!right) {
      LOG.log(Level.WARNING, "account {0}: a wrong code of the second factor", account);
      throw Refusal.of(401, "the code is wrong, or was used");
    }
    limits.rightCode(account);
  }

  private boolean isOfApp(long account, String code) {
    Optional<App> app = store.app(account).filter(App::confirmed);
    if (app.isEmpty()) {
      return false;
    }
    OptionalLong step = totp(account, app.get()).step(code, clock.wall(), app.get().used());
    return step.isPresent() && store.useStep(account, step.getAsLong());
  }

  /// Before a change that only the person may make: where there is a second factor, it has to be at
  /// hand. That is a code, or a session that has just begun.
  void confirm(Account account, Caller.User user, Optional<String> code) {
    if (!account.secondFactor()) {
      return;
    }
    if (code.isPresent()) {
      require(account.id(), code.get());
    } else if (!sessions.isFresh(user)) {
      throw Refusal.of(
          401,
          "this needs your second factor: give a code of your app or a recovery code, or sign in"
              + " again");
    }
  }

  /// An app that is not confirmed yet, to show its secret.
  public Optional<Totp> unconfirmed(long account) {
    return store
        .app(account)
        .filter(app -> !app.confirmed())
        .filter(app -> clock.wall().isBefore(app.createdAt().plus(SHOWN)))
        .map(app -> totp(account, app));
  }

  private Totp totp(long account, App app) {
    return Totp.of(
        box.get()
            .open(app.sealed(), place(account))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the secret of the app of account "
                            + account
                            + " was sealed with another key: rollcall operator --reset removes"
                            + " it")));
  }

  private static String place(long account) {
    return "totp " + account;
  }

  /// Makes the secret of an app.
  public void beginApp(Caller.User user) {
    long account = user.account();
    store.beginApp(account, box.get().seal(Totp.random().text(), place(account)));
  }

  /// Confirms that an app has the secret, with its first code.
  ///
  /// @return recovery codes that were made with it, if there were none
  public List<String> confirmApp(Request request, Caller.User user, String code) {
    long account = user.account();
    limits.beforeCode(account);
    Totp totp =
        unconfirmed(account)
            .orElseThrow(() -> Refusal.of(409, "no app is being added: begin again"));
    OptionalLong step = totp.step(code.strip(), clock.wall(), 0);
    if (step.isEmpty()) {
      throw Refusal.badRequest(
          "the code is wrong: compare the clock of the device, and take the next code");
    }
    limits.rightCode(account);
    List<String> codes = codesWithTheFirst(account);
    if (!store.confirmApp(account, step.getAsLong(), user.session(), normal(codes))) {
      throw Refusal.of(409, "no app is being added: begin again");
    }
    changed(request, user, "add authenticator app");
    return codes;
  }

  public void removeApp(Request request, Caller.User user) {
    if (!store.removeApp(user.account())) {
      throw Refusal.notFound("there is no authenticator app any more");
    }
    changed(request, user, "remove authenticator app");
  }

  /// Recovery codes that replace all others.
  public List<String> newCodes(Request request, Caller.User user) {
    List<String> codes = RecoveryCode.some();
    store.replaceCodes(user.account(), normal(codes));
    changed(request, user, "make recovery codes");
    return codes;
  }

  /// Recovery codes, if this is the first factor or the account has none.
  List<String> codesWithTheFirst(long account) {
    return store.needsCodes(account) ? RecoveryCode.some() : List.of();
  }

  static List<String> normal(List<String> codes) {
    return codes.stream().map(code -> RecoveryCode.normal(code).orElseThrow()).toList();
  }

  /// Records a change, and forgets what is remembered of sessions.
  void changed(Request request, Caller.User user, String action) {
    known.forget();
    audit.record(user, request.client().getHostAddress(), action, "/account");
  }
}
