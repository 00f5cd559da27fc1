package dev.rollcall.server;

import static dev.rollcall.server.Browser.field;
import static dev.rollcall.server.People.PASSWORD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.rollcall.server.Browser.Page;
import dev.rollcall.server.LooseProvider.Manner;
import dev.rollcall.server.LooseProvider.Signature;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Single sign-on: with a certified provider, and with one that does everything wrong.
class SsoIT {
  private static final URI SITE = URI.create("https://rollcall.test/");
  private static final String SIGNED_IN = "You are signed in.";
  private static final String NOT_VALID = "is not valid: sign in again";
  private static final String NOT_WORKING = "does not work at present: try again later";
  private static final String NOT_BEGUN = "this sign-in was not begun in this browser";

  @TempDir static Path folder;

  private static NodeProvider provider;
  private static LooseProvider loose;
  private static RunningRollcall rollcall;
  private static People people;
  private static String configuration;

  @BeforeAll
  static void start() throws IOException {
    provider =
        new NodeProvider(
            folder.resolve("provider.log"),
            Stream.of("company", "domain", "group", "closed")
                .map(name -> SITE + "account/sso/" + name + "/callback")
                .toList());
    loose = new LooseProvider();
    configuration =
        """
        public-url: https://rollcall.test/
        accounts:
          logins-per-minute: 10000
          registrations-per-minute: 10000
          sso:
            - {name: company, issuer: "%1$s", client-id: rollcall, client-secret: "${SSO_SECRET}"}
            - name: domain
              issuer: %1$s
              client-id: rollcall
              client-secret: ${SSO_SECRET}
              allowed-domains: [Example.org]
            - name: group
              issuer: %1$s
              client-id: rollcall
              client-secret: ${SSO_SECRET}
              scopes: [email, groups]
              allowed-groups: [ops, admins]
              operator-groups: admins
              session-lifetime: 2h
            - name: loose
              issuer: %2$s
              client-id: rollcall
              client-secret: %3$s
            - name: cold
              issuer: %2$s
              client-id: rollcall
            - {name: down, issuer: "http://127.0.0.1:1", client-id: rollcall}
        """
            .formatted(provider.issuer(), loose.issuer(), LooseProvider.SECRET);
    rollcall =
        Plan.in(folder).yaml(configuration).variable("SSO_SECRET", NodeProvider.SECRET).start();
    people = new People(rollcall);
  }

  @AfterAll
  static void stop() {
    rollcall.close();
    loose.close();
    provider.close();
  }

  private static Browser browser() {
    return new Browser(SITE, rollcall.port());
  }

  private static String signIn(Browser browser, String name) {
    return browser.get("/account/sso/" + name).body();
  }

  private static String callback(String name) {
    return SITE + "account/sso/" + name + "/callback";
  }

  private static int status(Browser browser, String path) {
    return browser.step(path).status();
  }

  @Test
  void somebodySignsInAndGetsTheSameAccountEachTime() {
    provider.signsIn("ann");
    Browser browser = browser();
    assertThat(browser.get("/account").body())
        .contains("href=\"/account/sso/company\">Sign in with company</a>");
    assertThat(signIn(browser, "company")).contains(SIGNED_IN, "ann@example.org");
    String account = browser.step("/v1/account").body();
    provider.now(
        """
        {"user": {"sub": "ann", "email": "ann@new.example", "email_verified": false}}
        """);
    Browser later = browser();
    assertThat(signIn(later, "company")).contains(SIGNED_IN, "ann@example.org");
    assertThat(later.step("/v1/account").body()).isEqualTo(account);
    assertThat(rollcall.get("/v1/audit").json().toString())
        .containsOnlyOnce(
            "\"caller\":\"ann@example.org\",\"address\":\"127.0.0.1\","
                + "\"action\":\"single sign-on\",\"target\":\"company: account made\"");
    assertThat(
            rollcall
                .send("POST", "/login", "{\"Email\":\"ann@example.org\",\"Password\":\"12345678\"}")
                .status())
        .isEqualTo(401);
    assertThat(rollcall.log()).doesNotContain(NodeProvider.SECRET, LooseProvider.SECRET);
  }

  @Test
  void theRequestHasAllThatProtectsIt() {
    Page begun = browser().step("/account/sso/company");
    assertThat(begun.status()).isEqualTo(302);
    assertThat(begun.next().orElseThrow().toString())
        .startsWith(provider.issuer() + "/")
        .contains(
            "response_type=code",
            "code_challenge_method=S256",
            "code_challenge=",
            "state=",
            "nonce=",
            "scope=openid+email+profile",
            "redirect_uri=https%3A%2F%2Frollcall.test%2Faccount%2Fsso%2Fcompany%2Fcallback");
    assertThat(begun.answer().headers().allValues("Set-Cookie"))
        .singleElement()
        .asString()
        .startsWith("rollcall-sso=v1:")
        .contains("HttpOnly", "SameSite=Lax", "Max-Age=600");
    assertThat(browser().step("/account/sso/nobody").next().orElseThrow().getPath())
        .isEqualTo("/account");
    assertThat(signIn(browser(), "nobody")).contains("there is no such provider here");
  }

  @Test
  void aNewKeyOfTheProviderIsFound() {
    provider.signsIn("keys");
    assertThat(signIn(browser(), "company")).contains(SIGNED_IN);
    provider.now(
        """
        {"user": {"sub": "keys", "email": "keys@example.org", "email_verified": true}, "newKeys": true}
        """);
    assertThat(signIn(browser(), "company")).contains(SIGNED_IN);
  }

  @Test
  void clocksMayDifferByAMinute() {
    String user =
        "\"user\": {\"sub\": \"%s\", \"email\": \"%<s@example.org\", \"email_verified\": true}";
    provider.now("{" + user.formatted("ahead") + ", \"skew\": 40}");
    assertThat(signIn(browser(), "company")).contains(SIGNED_IN);
    provider.now("{" + user.formatted("farahead") + ", \"skew\": 120}");
    assertThat(signIn(browser(), "company")).contains(NOT_VALID);
  }

  @Test
  void anAnswerIsForTheBrowserThatHasBegunAndCountsOnce() {
    provider.signsIn("once");
    Browser mine = browser();
    URI back = mine.untilSentTo(mine.step("/account/sso/company"), callback("company"));
    Browser others = browser();
    assertThat(others.follow(others.step(back)).body())
        .as("as after a beginning at another host")
        .contains(NOT_BEGUN + " at https://rollcall.test: open https://rollcall.test/account");
    others.step("/account/sso/company"); // has begun one of its own
    assertThat(others.follow(others.step(back)).body()).contains(NOT_BEGUN);
    String changed = back.toString().replaceFirst("state=.{5}", "state=AAAAA");
    Browser wrong = browser();
    wrong.untilSentTo(wrong.step("/account/sso/company"), callback("company"));
    assertThat(wrong.follow(wrong.step(URI.create(changed))).body()).contains(NOT_BEGUN);
    Browser copied = mine.copy();
    assertThat(mine.follow(mine.step(back)).body()).contains(SIGNED_IN);
    assertThat(mine.follow(mine.step(back)).body()).contains(NOT_BEGUN);
    assertThat(copied.follow(copied.step(back)).body()).contains(NOT_BEGUN);

    URI again = mine.untilSentTo(mine.step("/account/sso/company"), callback("company"));
    String replayed =
        again.toString().replaceFirst("code=[^&]+", "code=" + parameter(back, "code"));
    assertThat(mine.follow(mine.step(URI.create(replayed))).body()).contains(NOT_VALID);

    URI other = mine.untilSentTo(mine.step("/account/sso/company"), callback("company"));
    URI mixed = URI.create(other.toString().replace("/sso/company/", "/sso/domain/"));
    assertThat(mine.follow(mine.step(mixed)).body()).contains(NOT_BEGUN);
    for (String none : List.of("", "?code=x", "?state=", "?state=a&state=b", "?error=denied")) {
      assertThat(mine.step(URI.create(callback("company") + none)).status())
          .as(none)
          .isIn(303, 400);
    }
  }

  private static String parameter(URI uri, String name) {
    Matcher found = Pattern.compile("[?&]" + name + "=([^&]+)").matcher(uri.toString());
    assertThat(found.find()).as(uri.toString()).isTrue();
    return found.group(1);
  }

  @Test
  void anAnswerNamesTheIssuerThatWasAsked() {
    provider.signsIn("mixed");
    Browser browser = browser();
    URI back = browser.untilSentTo(browser.step("/account/sso/company"), callback("company"));
    URI nobodys = URI.create(back.toString().replaceFirst("[?&]iss=[^&]+", ""));
    assertThat(nobodys).isNotEqualTo(back);
    assertThat(browser.follow(browser.step(nobodys)).body()).contains(NOT_VALID);
    URI asked = browser.step("/account/sso/loose").next().orElseThrow();
    loose.says(parameter(asked, "nonce"), Signature.RIGHT, _ -> {});
    String answer = callback("loose") + "?code=any&state=" + parameter(asked, "state");
    URI others = URI.create(answer + "&iss=https%3A%2F%2Fevil.example");
    assertThat(browser.follow(browser.step(others)).body()).contains(NOT_VALID);
  }

  @Test
  void theProviderMayRefuse() {
    provider.now("{\"user\": {\"sub\": \"no\"}, \"refuse\": \"access_denied\"}");
    assertThat(signIn(browser(), "company")).contains("company has not let you in (access_denied)");
  }

  @Test
  void whoIsNotAllowedGetsNoAccount() {
    String user = "{\"user\": {\"sub\": \"%s\", \"email\": \"%s\", \"email_verified\": %s}}";
    provider.now(user.formatted("dom1", "dom@other.example", "true"));
    assertThat(signIn(browser(), "domain")).contains("the domain of your address at domain");
    provider.now(user.formatted("dom2", "dom@example.org.evil.example", "true"));
    assertThat(signIn(browser(), "domain")).contains("the domain of your address at domain");
    provider.now(user.formatted("dom3", "dom@example.org", "false"));
    assertThat(signIn(browser(), "domain")).contains("says no verified e-mail address");
    assertThat(signIn(browser(), "company")).contains("says no verified e-mail address");
    provider.now("{\"user\": {\"sub\": \"dom4\"}}");
    assertThat(signIn(browser(), "company")).contains("says no verified e-mail address");
    provider.now(user.formatted("dom5", "dom5@EXAMPLE.org", "true"));
    assertThat(signIn(browser(), "domain")).contains(SIGNED_IN);
    provider.signsIn("stranger", "guests");
    assertThat(signIn(browser(), "group")).contains("you are in none of the groups of group");
    assertThat(rollcall.log())
        .contains("a sign-in with group was refused: you are in none of the groups of group")
        .contains("groups [guests]");
  }

  @Test
  void theRoleOfAnOperatorComesAndGoesWithTheGroup() {
    provider.signsIn("boss", "ops");
    Browser first = browser();
    Page begun = first.step("/account/sso/group");
    Page back = first.step(first.untilSentTo(begun, callback("group")));
    assertThat(back.answer().headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie -> assertThat(cookie).startsWith("rollcall-session=").contains("Max-Age=7200"));
    assertThat(status(first, "/v1/audit")).isEqualTo(403);
    provider.signsIn("boss", "ops", "admins");
    Browser second = browser();
    assertThat(signIn(second, "group")).contains(SIGNED_IN, "Operator of this server");
    assertThat(status(second, "/v1/audit")).isEqualTo(200);
    provider.signsIn("boss", "ops");
    assertThat(signIn(browser(), "group")).doesNotContain("Operator of this server");
    assertThat(status(second, "/v1/audit")).isEqualTo(403);
    assertThat(rollcall.get("/v1/audit").json().toString())
        .contains("group: operator\"", "group: operator no more\"");
    provider.signsIn("boss");
    assertThat(signIn(browser(), "group")).contains("you are in none of the groups");
  }

  @Test
  void anAddressAloneTakesNoAccountOver() {
    people.register("victim@example.org");
    provider.signsIn("victim");
    Browser stranger = browser();
    assertThat(signIn(stranger, "company"))
        .contains("there is an account with the address victim@example.org");
    assertThat(status(stranger, "/v1/account")).isEqualTo(401);

    Browser owner = browser();
    owner.form(
        "/account/login", field("email", "victim@example.org") + field("password", PASSWORD));
    String account = owner.step("/v1/account").body();
    assertThat(connected(owner, "company")).contains("The account is connected");
    assertThat(owner.step("/v1/account").body()).isEqualTo(account);
    Browser later = browser();
    assertThat(signIn(later, "company")).contains(SIGNED_IN);
    assertThat(later.step("/v1/account").body()).isEqualTo(account);

    people.register("thief@example.org");
    Browser thief = browser();
    thief.form("/account/login", field("email", "thief@example.org") + field("password", PASSWORD));
    assertThat(connected(thief, "company")).contains("another account is connected with you");
    Matcher id =
        Pattern.compile("name=\"id\" value=\"(\\d+)\">\\s*<button type=\"submit\">Disconnect")
            .matcher(later.get("/account").body());
    assertThat(id.find()).isTrue();
    assertThat(thief.after(thief.form("/account/disconnect", field("id", id.group(1)))))
        .contains("or it is gone already");
    assertThat(later.after(later.form("/account/disconnect", field("id", id.group(1)))))
        .contains("no longer connected");
    assertThat(signIn(browser(), "company")).contains("there is an account with the address");
    assertThat(rollcall.get("/v1/audit").json().toString())
        .contains("company: connected", "a provider: disconnected");
  }

  /// Sends the form, and goes on where its answer leads.
  private static String connected(Browser browser, String name) {
    assertThat(browser.after(browser.form("/account/connect", field("provider", name))))
        .contains("the password is wrong");
    Page page = browser.form("/account/connect", connecting(name));
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    assertThat(page.body()).contains("Go on to " + name);
    return browser.follow(browser.step(refresh(page))).body();
  }

  @Test
  void aConnectionIsMadeOnlyForWhoHasBegunIt() {
    people.register("begins@example.org");
    people.register("another@example.org");
    provider.signsIn("begins-elsewhere");
    Browser browser = browser();
    for (boolean another : List.of(false, true)) {
      browser.form(
          "/account/login", field("email", "begins@example.org") + field("password", PASSWORD));
      Page page = browser.form("/account/connect", connecting("company"));
      URI back = browser.untilSentTo(browser.step(refresh(page)), callback("company"));
      browser.form("/account/logout", "");
      if (another) {
        String login = field("email", "another@example.org") + field("password", PASSWORD);
        browser.form("/account/login", login);
      }
      assertThat(browser.follow(browser.step(back)).body())
          .contains("you are no longer signed in as who began this");
    }
    assertThat(signIn(browser(), "company")).contains(SIGNED_IN, "begins-elsewhere@example.org");
    assertThat(browser().form("/account/connect", field("provider", "company")).status())
        .isEqualTo(303);
  }

  /// The fields of the form that connects an account with a password.
  private static String connecting(String name) {
    return field("provider", name) + field("password", PASSWORD);
  }

  @Test
  void anAccountWithoutAPasswordIsConnectedSoonAfterASignIn() throws SQLException {
    provider.signsIn("connects");
    Browser browser = browser();
    signIn(browser, "company");
    execute("UPDATE session SET created_at = created_at - 660000 WHERE kind = 3");
    assertThat(browser.after(browser.form("/account/connect", field("provider", "company"))))
        .contains("this needs a sign-in of the last 10 minutes");
    signIn(browser, "company");
    assertThat(browser.form("/account/connect", field("provider", "company")).status())
        .isEqualTo(200);
  }

  /// Where the page leads that connects.
  private static URI refresh(Page page) {
    String leads = page.answer().headers().firstValue("Refresh").orElseThrow();
    return URI.create(leads.substring("0; url=".length()));
  }

  @Test
  void anAccountWithoutAPasswordIsDeletedSoonAfterASignIn() throws SQLException {
    provider.signsIn("leaves");
    Browser browser = browser();
    assertThat(signIn(browser, "company")).contains(SIGNED_IN).doesNotContain("New password");
    assertThat(browser.after(browser.form("/account/delete", field("email", "other@example.org"))))
        .contains("this is not the address of the account");
    int before = execute("UPDATE session SET created_at = created_at - 660000 WHERE kind = 3");
    assertThat(before).isPositive();
    assertThat(browser.after(browser.form("/account/delete", field("email", "leaves@example.org"))))
        .contains("this needs a sign-in of the last 10 minutes");
    signIn(browser, "company");
    assertThat(browser.after(browser.form("/account/delete", field("email", "Leaves@example.org"))))
        .contains("The account is being deleted.");
    assertThat(status(browser, "/v1/account")).isEqualTo(401);
    await()
        .atMost(RunningRollcall.PATIENCE)
        .until(() -> signIn(browser(), "company").contains(SIGNED_IN));
  }

  private static int execute(String sql) throws SQLException {
    String file = "jdbc:sqlite:" + folder.resolve("rollcall-data/rollcall.db");
    try (Connection connection = DriverManager.getConnection(file + "?busy_timeout=10000");
        Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /// A token that is refused, or the edge of what is accepted.
  record Token(String what, boolean accepted, Consumer<JWTClaimsSet.Builder> claims) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  static List<Token> tokens() {
    return List.of(
        new Token("right", true, _ -> {}),
        new Token("wrong nonce", false, it -> it.claim("nonce", "another")),
        new Token("no nonce", false, it -> it.claim("nonce", null)),
        new Token("wrong audience", false, it -> it.audience("another")),
        new Token("no audience", false, it -> it.audience((String) null)),
        new Token(
            "two audiences, issued for the other",
            false,
            it -> it.audience(List.of("rollcall", "another")).claim("azp", "another")),
        new Token("issued for another", false, it -> it.claim("azp", "another")),
        new Token(
            "two audiences, issued for us",
            true,
            it -> it.audience(List.of("rollcall", "another")).claim("azp", "rollcall")),
        new Token("wrong issuer", false, it -> it.issuer("http://127.0.0.1:2")),
        new Token("no subject", false, it -> it.subject(null)),
        new Token("empty subject", false, it -> it.subject("")),
        new Token("long subject", false, it -> it.subject("x".repeat(256))),
        new Token("expired within the skew", true, it -> it.expirationTime(in(-40))),
        new Token("expired", false, it -> it.expirationTime(in(-80))),
        new Token("without an end", false, it -> it.expirationTime(null)),
        new Token("of the future within the skew", true, it -> it.issueTime(in(40))),
        new Token("of the future", false, it -> it.issueTime(in(80))),
        new Token(
            "for another access token",
            false,
            it -> it.claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA")));
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void aTokenIsCheckedInEveryWay(Token token) {
    String shown = loosely(Signature.RIGHT, token.claims());
    assertThat(shown).contains(token.accepted() ? SIGNED_IN : NOT_VALID);
  }

  @ParameterizedTest
  @EnumSource
  void onlySignaturesOfThePublishedKeyCount(Signature signature) {
    String page = loosely(signature, _ -> {});
    if (signature == Signature.UNKNOWN_KEY) {
      // not valid; or unknown until it may ask for the keys again
      assertThat(page).contains("role=\"alert\"").doesNotContain(SIGNED_IN);
    } else {
      assertThat(page).contains(signature == Signature.RIGHT ? SIGNED_IN : NOT_VALID);
    }
  }

  @Test
  void unknownKeysDoNotMakeItAskForKeysAgainAndAgain() {
    int before = loose.fetchedKeys();
    for (int i = 0; i < 20; i++) {
      assertThat(loosely(Signature.UNKNOWN_KEY, _ -> {})).doesNotContain(SIGNED_IN);
    }
    assertThat(loose.fetchedKeys() - before).isLessThanOrEqualTo(4);
    assertThat(loosely(Signature.RIGHT, _ -> {})).contains(SIGNED_IN);
  }

  @Test
  void userInfoHasToBeAboutTheSamePerson() {
    Consumer<JWTClaimsSet.Builder> without =
        it -> it.subject("informed").claim("email", null).claim("email_verified", true);
    String info = "{\"sub\":\"%s\",\"email\":\"informed@example.org\"%s}";
    loose.userInfo(info.formatted("another", ",\"email_verified\":true"));
    assertThat(loosely(Signature.RIGHT, without)).contains(NOT_VALID);
    loose.userInfo(info.formatted("informed", "")); // the claim of the token is of no address
    assertThat(loosely(Signature.RIGHT, without)).contains("says no verified e-mail address");
    loose.userInfo(info.formatted("informed", ",\"email_verified\":\"true\""));
    assertThat(loosely(Signature.RIGHT, without)).contains(SIGNED_IN);
  }

  /// A sign-in with the provider that signs whatever it is told.
  private static String loosely(Signature signature, Consumer<JWTClaimsSet.Builder> claims) {
    Browser browser = browser();
    URI asked = browser.step("/account/sso/loose").next().orElseThrow();
    loose.says(parameter(asked, "nonce"), signature, claims);
    URI back = URI.create(callback("loose") + "?code=any&state=" + parameter(asked, "state"));
    return browser.follow(browser.step(back)).body();
  }

  @ParameterizedTest
  @EnumSource(names = {"HUGE", "REDIRECTS", "FAILS"})
  void aProviderThatAnswersWrongIsSaidInOneLine(Manner manner) {
    Browser browser = browser();
    URI asked = browser.step("/account/sso/loose").next().orElseThrow();
    loose.is(manner);
    try {
      URI back = URI.create(callback("loose") + "?code=any&state=" + parameter(asked, "state"));
      assertThat(browser.follow(browser.step(back)).body()).contains("loose " + NOT_WORKING);
    } finally {
      loose.is(Manner.ANSWERS);
    }
  }

  @Test
  void aProviderThatIsDownOrHangsHoldsNobodyElseUp() throws Exception {
    assertThat(signIn(browser(), "down")).contains("signing in with down " + NOT_WORKING);
    assertThat(rollcall.log())
        .contains(
            "a sign-in with down failed: http://127.0.0.1:1/.well-known/openid-configuration");
    loose.is(Manner.HANGS);
    Instant begun = Instant.now();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> waiting =
          Stream.generate(() -> threads.submit(() -> signIn(browser(), "cold"))).limit(40).toList();
      rollcall.configure(configuration.replace("name: down", "name: late"));
      Instant asked = Instant.now();
      assertThat(browser().get("/account").status()).isEqualTo(200);
      assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(3));
      await()
          .atMost(RunningRollcall.PATIENCE)
          .until(() -> browser().get("/account").body().contains("Sign in with late"));
      assertThat(browser().get("/account").body()).doesNotContain("Sign in with down");
      for (Future<String> each : waiting) {
        assertThat(each.get()).contains("signing in with cold " + NOT_WORKING);
      }
    } finally {
      loose.is(Manner.ANSWERS);
    }
    assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void anInvitationLeadsThroughTheProviderIntoTheTeam() throws IOException {
    try (RunningRollcall invites = restricted("invite")) {
      String token = new People(invites).operator("op@example.org");
      invites.send("POST", "/v1/teams", "{\"name\":\"ops\"}", "Authorization", token);
      provider.signsIn("invited");
      Browser browser = new Browser(SITE, invites.port());
      assertThat(signIn(browser, "company")).contains("registration is by invitation here");
      String code = invitation(invites, token);
      assertThat(browser.get("/invitation?code=" + code).body())
          .contains("href=\"/account/sso/company?invitation=" + code + "\"");
      assertThat(signIn(browser, "company?invitation=" + code)).contains(SIGNED_IN, ">ops</a>");
      provider.signsIn("late");
      Browser late = new Browser(SITE, invites.port());
      assertThat(signIn(late, "company?invitation=" + code))
          .contains("the invitation is not valid");
      assertThat(signIn(late, "closed")).contains(SIGNED_IN);
      assertThat(signIn(late, "company?invitation=" + invitation(invites, token)))
          .contains(SIGNED_IN, "action=\"/invitation\"");
    }
  }

  private static String invitation(RunningRollcall one, String token) {
    RunningRollcall.Answer made =
        one.send(
            "POST", "/v1/invitations?team=ops", "{\"role\":\"viewer\"}", "Authorization", token);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
    return made.json().at("/data/invitation/data/invitation").stringValue();
  }

  @Test
  void theProviderIsResponsibleForTheSecondFactorThatIsDemanded() throws IOException {
    try (RunningRollcall demands = restricted("open", "everybody")) {
      provider.signsIn("factorless");
      Browser browser = new Browser(SITE, demands.port());
      assertThat(signIn(browser, "company"))
          .contains(SIGNED_IN, "API tokens")
          .doesNotContain("demands a second factor");
      assertThat(status(browser, "/v1/account")).isEqualTo(200);

      People both = new People(demands);
      both.register("both@example.org");
      assertThat(both.login("both@example.org", PASSWORD).status()).isEqualTo(403);
      Browser restricted = new Browser(SITE, demands.port());
      restricted.form(
          "/account/login", field("email", "both@example.org") + field("password", PASSWORD));
      assertThat(restricted.get("/account").body()).contains("demands a second factor");
      assertThat(status(restricted, "/v1/account")).isEqualTo(403);
      assertThat(
              restricted.after(restricted.form("/account/connect", field("provider", "company"))))
          .as("a password alone connects no provider, which would be a way around the factor")
          .contains("A second factor is demanded of you: add one here.");
    }
  }

  /// With the provider `company`, which has no rules, and `closed`, which has some.
  private static RunningRollcall restricted(String registration) throws IOException {
    return restricted(registration, "optional");
  }

  private static RunningRollcall restricted(String registration, String secondFactor)
      throws IOException {
    String company =
        "{issuer: \"%s\", client-id: rollcall, client-secret: \"%s\", name: company}"
            .formatted(provider.issuer(), NodeProvider.SECRET);
    String closed = company.replace("company}", "closed, allowed-domains: \"*\"}");
    return Plan.in(Files.createDirectory(folder.resolve(registration)))
        .yaml(
            """
            public-url: https://rollcall.test
            accounts: {registration: %s, second-factor: %s, sso: [%s, %s]}
            """
                .formatted(registration, secondFactor, company, closed))
        .start();
  }

  @Test
  void whereRegistrationIsClosedTheRulesOfAProviderOpenIt() throws IOException {
    try (RunningRollcall closed = restricted("closed")) {
      provider.signsIn("newcomer");
      assertThat(signIn(new Browser(SITE, closed.port()), "company"))
          .contains("registration is not open here");
      assertThat(signIn(new Browser(SITE, closed.port()), "closed")).contains(SIGNED_IN);
      assertThat(signIn(new Browser(SITE, closed.port()), "company")).contains(SIGNED_IN);
    }
  }
}
