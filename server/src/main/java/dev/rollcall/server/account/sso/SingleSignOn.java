package dev.rollcall.server.account.sso;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.Account;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.EmailAddress;
import dev.rollcall.server.account.oidc.BegunSignIn;
import dev.rollcall.server.account.oidc.Identity;
import dev.rollcall.server.account.oidc.Provider;
import dev.rollcall.server.account.oidc.ProviderFailure;
import dev.rollcall.server.account.oidc.ProviderSettings;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.signin.SignInLimits;
import dev.rollcall.server.account.store.AccountStore.Created;
import dev.rollcall.server.account.store.AccountStore.WithPassword;
import dev.rollcall.server.account.store.IdentityStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Signing in with a provider: sends the browser there, and decides, when it comes back, which
/// account that is. All mistakes are refusals.
///
/// An account belongs to a person at a provider, never to whoever has its address there: addresses
/// of accounts are not verified, so somebody could have registered with another's. Who has an
/// account connects it while signed in.
public final class SingleSignOn implements AutoCloseable {
  private static final int SHOWN_GROUPS = 20;
  private static final System.Logger LOG = System.getLogger(SingleSignOn.class.getName());
  private static final String ACTION = "single sign-on";
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  private final IdentityStore identities;
  private final Sessions sessions;
  private final SignInLimits limits;
  private final Audit audit;
  private final BegunSignIns begunSignIns;
  private final Supplier<AccountSettings> settings;
  private final Clock clock;

  private volatile Map<String, Provider> providers = Map.of();
  private volatile Optional<URI> publicUrl = Optional.empty();

  /// Where to send the browser.
  ///
  /// @param cookie what the browser has to bring back
  public record Begun(URI uri, String cookie) {}

  /// What became of a sign-in.
  public sealed interface Outcome {
    /// A session has begun.
    ///
    /// @param secret of its cookie
    /// @param invitation that led here and was not used yet; may be empty
    record SignedIn(String secret, Duration lifetime, String invitation) implements Outcome {}

    /// The account of the session is connected.
    record Connected() implements Outcome {}
  }

  public SingleSignOn(
      IdentityStore identities,
      Sessions sessions,
      SignInLimits limits,
      Audit audit,
      BegunSignIns begunSignIns,
      Supplier<AccountSettings> settings,
      Clock clock) {
    this.identities = identities;
    this.sessions = sessions;
    this.limits = limits;
    this.audit = audit;
    this.begunSignIns = begunSignIns;
    this.settings = settings;
    this.clock = clock;
  }

  /// Uses these providers, and no others, from now on.
  public synchronized void apply(SsoSettings changed) {
    Map<String, Provider> before = providers;
    Map<String, Provider> now = new LinkedHashMap<>();
    for (ProviderSettings each : changed.providers()) {
      Provider known = before.get(each.name());
      now.put(
          each.name(),
          known != null && known.settings().equals(each) ? known : new Provider(each, clock));
    }
    publicUrl = changed.publicUrl();
    providers = now;
    for (Provider each : before.values()) {
      if (!now.containsValue(each)) {
        each.close();
      }
    }
  }

  /// Where browsers find the pages, if it is known.
  public Optional<URI> publicUrl() {
    return publicUrl;
  }

  /// The names of the providers, in the order of the configuration.
  public List<String> names() {
    return List.copyOf(providers.keySet());
  }

  /// Which providers an account can sign in with, and could.
  public SsoView view(Account account, boolean password) {
    List<IdentityStore.Connected> connected =
        providers.isEmpty() && password ? List.of() : identities.of(account.id());
    return new SsoView(
        password,
        names(),
        connected.stream()
            .map(each -> new SsoView.Connected(each.id(), name(each.issuer()), each.email()))
            .toList());
  }

  private String name(String issuer) {
    return providers.values().stream()
        .map(Provider::settings)
        .filter(each -> each.issuer().toString().equals(issuer))
        .map(ProviderSettings::name)
        .findFirst()
        .orElse(issuer);
  }

  /// Begins a sign-in.
  ///
  /// @param account to connect with the provider; 0 to sign in
  /// @param invitation the code that led here; may be empty
  public Begun begin(Request request, String name, long account, String invitation)
      throws InterruptedException {
    Provider provider = provider(name);
    limits.login(request.client());
    BegunSignIn begun =
        begunSignIns.begin(name, account, CODE.matcher(invitation).matches() ? invitation : "");
    try {
      URI uri = provider.begin(begun, back(name));
      return new Begun(uri, begunSignIns.cookie(begun));
    } catch (ProviderFailure e) {
      throw refusal(name, e);
    }
  }

  private Provider provider(String name) {
    return Optional.ofNullable(providers.get(name))
        .orElseThrow(() -> Refusal.notFound("there is no such provider here (accounts.sso)"));
  }

  private URI back(String name) {
    return URI.create(publicUrl.map(URI::toString).orElse("") + path(name) + "/callback");
  }

  /// The path that begins a sign-in.
  public static String path(String name) {
    return "/account/sso/" + name;
  }

  /// What follows when the provider has sent the browser back.
  ///
  /// @param user who has signed in with this browser
  /// @param cookie what it has brought back
  public Outcome end(
      Request request, String name, Optional<Caller.User> user, Optional<String> cookie)
      throws InterruptedException {
    Provider provider = provider(name);
    if (cookie.isEmpty()) {
      throw begunElsewhere();
    }
    BegunSignIn begun = begunSignIns.end(name, request.query("state").orElse(""), cookie.get());
    if (request.query("error").isPresent()) {
      throw Refusal.of(403, name + " has not let you in" + word(request.query("error").get()));
    }
    String code =
        request
            .query("code")
            .filter(text -> !text.isEmpty())
            .orElseThrow(() -> Refusal.badRequest("the answer of " + name + " has no code"));
    Identity identity;
    try {
      identity = provider.identity(code, request.query("iss"), begun, back(name));
    } catch (ProviderFailure e) {
      throw refusal(name, e);
    }
    try {
      identity
          .refused(provider.settings().rules())
          .ifPresent(
              why -> {
                throw refusal(name, why);
              });
      return begun.account() == 0
          ? signedIn(request, provider.settings(), identity, begun.invitation())
          : connected(request, name, begun.account(), user, identity);
    } catch (Refusal e) {
      told(name, identity, e);
      throw e;
    }
  }

  /// A browser keeps its cookie for the host at which it has begun, and comes back to `public-url`.
  private Refusal begunElsewhere() {
    return Refusal.badRequest(
        "this sign-in was not begun in this browser"
            + publicUrl
                .map(url -> " at " + url + ": open " + url + "/account")
                .orElse(": open the page for signing in")
            + ", and sign in there, within "
            + BegunSignIns.TIME.toMinutes()
            + " minutes");
  }

  /// So that an operator sees which groups a provider says, and what is missing.
  private static void told(String name, Identity identity, Refusal refusal) {
    LOG.log(
        Level.INFO,
        "a sign-in with {0} was refused: {1}; address {2} ({3}), groups {4}",
        name,
        refusal.getMessage(),
        identity.email().orElse("none"),
        identity.verified() ? "verified" : "not verified",
        identity.groups().stream().sorted().limit(SHOWN_GROUPS).toList());
  }

  /// An error of OAuth, such as `access_denied`; nothing else that a URL could have shown.
  private static String word(String error) {
    return error.matches("[a-z_]{1,40}") ? " (" + error + ")" : "";
  }

  private static Refusal refusal(String name, ProviderFailure failure) {
    LOG.log(Level.WARNING, "a sign-in with {0} failed: {1}", name, failure.reason());
    return failure.isUnavailable()
        ? Refusal.of(424, "signing in with " + name + " does not work at present: try again later")
        : Refusal.of(403, "the answer of " + name + " is not valid: sign in again");
  }

  private static Refusal refusal(String name, Identity.Refused why) {
    return Refusal.of(
        403,
        switch (why) {
          case EMAIL -> name + " says no verified e-mail address of yours, which is needed here";
          case DOMAIN -> "the domain of your address at " + name + " is not allowed here";
          case GROUP -> "you are in none of the groups of " + name + " that are allowed here";
        });
  }

  private Outcome signedIn(
      Request request, ProviderSettings provider, Identity identity, String invitation) {
    Optional<WithPassword> known = identities.account(identity);
    WithPassword shown =
        known.orElseGet(
            () ->
                new WithPassword(
                    created(request, provider, identity, invitation), Optional.empty()));
    Account account = shown.account();
    Optional<Boolean> operates = identity.operates(provider.rules());
    Duration lifetime = provider.sessionLifetime();
    if (identities.signedIn(account, identity, operates, clock.wall().plus(lifetime))) {
      sessions.roleChanged();
      recorded(
          request, account, provider.name(), account.operates() ? "operator no more" : "operator");
    }
    return new Outcome.SignedIn(
        sessions
            .ofProvider(request, shown, lifetime)
            .orElseThrow(() -> Refusal.of(401, "the account has changed meanwhile: sign in again")),
        lifetime,
        known.isPresent() ? invitation : "");
  }

  private Account created(
      Request request, ProviderSettings provider, Identity identity, String invitation) {
    if (!provider.rules().decide()) {
      requireAdmission(invitation);
    }
    EmailAddress email =
        identity
            .trustedEmail(provider.rules())
            .flatMap(EmailAddress::of)
            .orElseThrow(() -> refusal(provider.name(), Identity.Refused.EMAIL));
    limits.registration(request.client());
    Optional<String> code = Optional.of(invitation).filter(text -> !text.isEmpty());
    switch (identities.create(email, identity, code)) {
      case Created.Done(Account account, var joined) -> {
        String into = joined.map(team -> ", into team " + team.id()).orElse("");
        recorded(request, account, provider.name(), "account made" + into);
        return account;
      }
      case Created.Taken() ->
          throw Refusal.of(
              409,
              "there is an account with the address "
                  + email.text()
                  + ": sign in to it, and connect it with "
                  + provider.name()
                  + " there");
      case Created.WrongInvitation() -> throw TeamChanges.invalid();
      case Created.WrongCode() -> throw new IllegalStateException("there was no setup code");
    }
  }

  /// Where the rules of the provider do not say who may have an account.
  private void requireAdmission(String invitation) {
    switch (settings.get().registration()) {
      case OPEN -> {}
      case INVITE -> {
        if (invitation.isEmpty()) {
          throw Refusal.of(403, "registration is by invitation here: ask for one");
        }
      }
      case CLOSED ->
          throw Refusal.of(403, "registration is not open here: ask the operator for an account");
    }
  }

  private Outcome connected(
      Request request, String name, long account, Optional<Caller.User> user, Identity identity) {
    if (user.isEmpty() || user.get().account() != account) {
      throw Refusal.of(401, "you are no longer signed in as who began this: sign in again");
    }
    switch (identities.connect(account, identity)) {
      case DONE -> recorded(request, user.get(), name, "connected");
      case KNOWN -> {
        // as it was
      }
      case OF_ANOTHER ->
          throw Refusal.of(409, "another account is connected with you at " + name + " already");
    }
    return new Outcome.Connected();
  }

  /// Disconnects a provider from the account of the caller.
  public void disconnect(Request request, Caller.User user, long id) {
    if (!identities.disconnect(user.account(), id)) {
      throw Refusal.of(409, "nobody could sign in to the account then, or it is gone already");
    }
    recorded(request, user, "a provider", "disconnected");
  }

  private void recorded(Request request, Caller.User user, String name, String what) {
    audit.record(user, request.client().getHostAddress(), ACTION, name + ": " + what);
  }

  private void recorded(Request request, Account account, String name, String what) {
    audit.record(account, request.client().getHostAddress(), ACTION, name + ": " + what);
  }

  @Override
  public synchronized void close() {
    for (Provider each : providers.values()) { // a method reference would load what most never use
      each.close();
    }
  }
}
