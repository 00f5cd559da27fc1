package dev.rollcall.server.account;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.definition.AccountSettings;
import dev.rollcall.server.account.definition.ServerKey;
import dev.rollcall.server.account.factor.Challenges;
import dev.rollcall.server.account.factor.PageOrigins;
import dev.rollcall.server.account.page.AccountForms;
import dev.rollcall.server.account.page.AccountPage;
import dev.rollcall.server.account.page.AccountPages;
import dev.rollcall.server.account.page.AuditPages;
import dev.rollcall.server.account.page.FactorPages;
import dev.rollcall.server.account.page.FactorViews;
import dev.rollcall.server.account.page.InvitationPages;
import dev.rollcall.server.account.page.OperatorPages;
import dev.rollcall.server.account.page.ResetPages;
import dev.rollcall.server.account.page.SignInPages;
import dev.rollcall.server.account.page.SsoPages;
import dev.rollcall.server.account.page.TeamPages;
import dev.rollcall.server.account.routes.AccountRoutes;
import dev.rollcall.server.account.routes.OperatorRoutes;
import dev.rollcall.server.account.routes.ResetRoutes;
import dev.rollcall.server.account.routes.TeamRoutes;
import dev.rollcall.server.account.routes.TokenRoutes;
import dev.rollcall.server.account.session.AccountAuthenticator;
import dev.rollcall.server.account.session.KnownHolders;
import dev.rollcall.server.account.session.Sessions;
import dev.rollcall.server.account.session.WebTokens;
import dev.rollcall.server.account.signin.AccountMail;
import dev.rollcall.server.account.signin.AccountPasswords;
import dev.rollcall.server.account.signin.Login;
import dev.rollcall.server.account.signin.MachineProof;
import dev.rollcall.server.account.signin.Operators;
import dev.rollcall.server.account.signin.OwnAccount;
import dev.rollcall.server.account.signin.PasskeySignIn;
import dev.rollcall.server.account.signin.PasswordReset;
import dev.rollcall.server.account.signin.Passwords;
import dev.rollcall.server.account.signin.SecondFactor;
import dev.rollcall.server.account.signin.SignIn;
import dev.rollcall.server.account.signin.SignInLimits;
import dev.rollcall.server.account.signin.SignUp;
import dev.rollcall.server.account.sso.BegunSignIns;
import dev.rollcall.server.account.sso.SingleSignOn;
import dev.rollcall.server.account.sso.SsoSettings;
import dev.rollcall.server.account.store.AccountStore;
import dev.rollcall.server.account.store.AccountTables;
import dev.rollcall.server.account.store.FactorStore;
import dev.rollcall.server.account.store.IdentityStore;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.store.PendingSignIns;
import dev.rollcall.server.account.store.SessionStore;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Authenticator;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Site;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The entry point of the package, for the composition root: registering and signing in, and who a
/// request comes from.
public final class Accounts implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V16__account.sql",
          "db/migration/V17__audit.sql",
          "db/migration/V19__team.sql",
          "db/migration/V20__identity.sql",
          "db/migration/V21__second_factor.sql",
          "db/migration/V22__password_reset.sql");

  private static final Duration CLEANUP = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private final AccountStore accounts;
  private final SessionStore sessionStore;
  private final PendingSignIns pending;
  private final IdentityStore identities;
  private final FactorStore factorStore;
  private final TeamStore teams;
  private final InvitationStore invitations;
  private final Deletions deletions;
  private final Audit audit;
  private final KnownHolders known;
  private final AccountAuthenticator authenticator;
  private final Sessions sessions;
  private final Passwords passwords = new Passwords();
  private final Operators operators;
  private final SecondFactor factors;
  private final SignUp signUp;
  private final SignIn signIn;
  private final OwnAccount own;
  private final PasskeySignIn passkeys;
  private final SingleSignOn sso;
  private final PasswordReset reset;
  private final TeamChanges teamChanges;
  private final AccountRoutes routes;
  private final OperatorRoutes operatorRoutes;
  private final BackgroundLoop cleanup;
  private final InstallationKey key;
  private final Clock clock;
  private volatile AccountSettings settings;
  private @Nullable WebTokens tokens;

  public Accounts(
      Database database,
      GroupCommit commits,
      AccountSettings settings,
      InstallationKey key,
      Clock clock) {
    this.settings = settings;
    this.key = key;
    this.clock = clock;
    AccountTables tables = new AccountTables(database, commits);
    sessionStore = new SessionStore(tables, clock);
    accounts = new AccountStore(tables, clock);
    pending = new PendingSignIns(tables, clock);
    identities = new IdentityStore(tables, accounts, clock);
    factorStore = new FactorStore(tables, clock);
    teams = new TeamStore(tables, clock);
    invitations = new InvitationStore(tables, clock);
    deletions = new Deletions(accounts, teams, clock);
    audit = new Audit(tables, accounts, clock);
    known = new KnownHolders(tables, sessionStore, clock, database.location().lookEvery());
    Supplier<AccountSettings> present = () -> this.settings;
    authenticator =
        new AccountAuthenticator(sessionStore, teams, this::tokens, known, present, clock);
    sessions = new Sessions(sessionStore, this::tokens, known, clock);
    SignInLimits limits = new SignInLimits(settings);
    AccountPasswords ofAccounts = new AccountPasswords(accounts, passwords, limits, known, present);
    operators = new Operators(accounts, passwords, known, audit, this::deletionBegun);
    factors =
        new SecondFactor(
            factorStore,
            sessions,
            () -> ServerKey.readable(() -> key.box("second factors")),
            limits,
            known,
            audit,
            clock);
    signUp = new SignUp(accounts, ofAccounts, limits, audit, present);
    signIn = new SignIn(accounts, ofAccounts, factors, pending, sessions, limits);
    own = new OwnAccount(accounts, ofAccounts, factors, sessions, known, this::deletionBegun);
    sso =
        new SingleSignOn(
            identities,
            sessions,
            limits,
            audit,
            new BegunSignIns(() -> key.box("sso"), clock),
            present,
            clock);
    passkeys =
        new PasskeySignIn(
            accounts,
            factorStore,
            factors,
            () -> ServerKey.readable(() -> new Challenges(key.derived("passkeys", "HmacSHA256"))),
            new PageOrigins(sso::publicUrl),
            clock);
    reset = new PasswordReset(tables, accounts, ofAccounts, limits, audit, sso::publicUrl, clock);
    teamChanges =
        new TeamChanges(teams, invitations, accounts, known, present, this::deletionBegun);
    Login login = new Login(ofAccounts, factors, sessions, limits, present);
    routes = new AccountRoutes(login, signUp, own);
    operatorRoutes = new OperatorRoutes(operators, new MachineProof(key), clock);
    cleanup =
        new BackgroundLoop(
            "accounts-cleanup", "the cleanup of accounts", AFTER_FAILURE, this::cleanUp);
  }

  private Duration cleanUp() {
    boolean goesOn = deletions.run();
    sessionStore.forgetEnded();
    if (identities.endRoles()) {
      known.forget();
    }
    pending.forgetEnded();
    reset.forgetEnded();
    audit.forget(settings.audit());
    return goesOn ? Deletions.TIME : CLEANUP;
  }

  /// Made with the first token: most servers have none, and need no key.
  private synchronized WebTokens tokens() {
    if (tokens == null) {
      tokens = ServerKey.readable(() -> new WebTokens(key.derived("tokens", "HmacSHA256")));
    }
    return tokens;
  }

  /// Recognizes accounts in requests.
  public Authenticator authenticator() {
    return authenticator;
  }

  /// Recognizes accounts also by what was valid a while ago: see [AccountAuthenticator#believe].
  public Authenticator believingAuthenticator() {
    return authenticator::believe;
  }

  /// The routes of accounts. Their answers are for whoever has sent the request.
  public List<Route> routes() {
    return Stream.of(
            routes.routes(),
            operatorRoutes.routes(),
            new TokenRoutes(sessions).routes(),
            new TeamRoutes(teams, invitations, teamChanges, sso::publicUrl).routes(),
            audit.routes(),
            new ResetRoutes(reset).routes())
        .flatMap(List::stream)
        .map(Accounts::unstored)
        .toList();
  }

  private static Route unstored(Route route) {
    return route.around(
        handler -> request -> handler.handle(request).with("Cache-Control", "no-store"));
  }

  /// The pages of accounts.
  public List<Route> pages(Site site) {
    AccountForms forms = new AccountForms(site, authenticator, audit, sso::publicUrl);
    SignInPages signInPages = new SignInPages(signIn, signUp, passkeys, sso, sessions, forms);
    FactorViews ofFactors = new FactorViews(factorStore, factors, passkeys);
    AccountPage page = new AccountPage(own, sessions, teams, sso, ofFactors, forms, clock);
    return Stream.of(
            new AccountPages(page, signInPages, own, sessions, forms).routes(),
            signInPages.routes(),
            new FactorPages(page, own, factors, passkeys, forms).routes(),
            new TeamPages(teams, invitations, sessions, teamChanges, forms, clock).routes(),
            new InvitationPages(teamChanges, signInPages, forms).routes(),
            new SsoPages(sso, own, forms).routes(),
            new OperatorPages(operators, invitations, teamChanges, forms, clock).routes(),
            new AuditPages(audit, site).routes(),
            new ResetPages(reset, forms).routes())
        .flatMap(List::stream)
        .toList();
  }

  /// The same routes, whose changes are recorded.
  public List<Route> recorded(List<Route> all) {
    return all.stream().map(audit::recorded).toList();
  }

  /// How people read who calls: the address of an account, otherwise some words.
  public String name(Caller caller) {
    return audit.name(caller);
  }

  /// Says where else accounts have rows, which are deleted with them.
  public void own(List<OwnedRows> rows) {
    deletions.own(rows);
  }

  private void deletionBegun() {
    cleanup.wake();
  }

  /// Whether an owner is a team.
  public static boolean isTeam(Handle tx, long owner) {
    return TeamStore.exists(tx, owner);
  }

  /// Whether there is an account or a team with this id whose deletion has not begun.
  public static boolean exists(Handle tx, long owner) {
    return AccountTables.hasOwner(tx, owner);
  }

  /// Where browsers find the pages, if it is known (`public-url`).
  public Optional<URI> publicUrl() {
    return sso.publicUrl();
  }

  /// Mails people with accounts this way.
  public void mail(AccountMail way) {
    reset.mail(way);
  }

  /// Uses the settings that change at once.
  public void apply(AccountSettings changed) {
    settings = changed;
  }

  /// Uses these providers of single sign-on, and no others, from now on.
  public void apply(SsoSettings changed) {
    sso.apply(changed);
  }

  /// Who may register, and how an operator does, in a line for the log. If there is neither an
  /// account nor a setup code, it makes the first code.
  public String summary() {
    String who =
        switch (settings.registration()) {
          case OPEN -> "everybody may register (accounts.registration: open)";
          case INVITE ->
              "who has an invitation or a setup code may register (accounts.registration: invite)";
          case CLOSED -> "only who has a setup code may register (accounts.registration: closed)";
        };
    if (!accounts.isThereOne() && !accounts.hasSetupCode()) {
      return "none yet, reads are open; "
          + who
          + "; register as the operator with this setup code, once: "
          + operators.firstSetupCode();
    }
    return accounts.isThereAnOperator()
        ? who
        : who + "; no operator has an account: rollcall operator makes a setup code";
  }

  /// A setup code that replaces all others.
  public String newSetupCode() {
    return operators.newSetupCode();
  }

  /// Gives an account another password, removes its second factors, and ends its sessions.
  ///
  /// @throws dev.rollcall.server.http.Refusal if there is no such account
  public String newPassword(String address) throws InterruptedException {
    return operators.newPassword(address);
  }

  /// Begins to delete what has ended.
  public void start() {
    cleanup.start();
  }

  @Override
  public void close() {
    cleanup.close();
    sso.close();
    known.close();
    passwords.close();
  }
}
