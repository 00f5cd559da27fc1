package dev.rollcall.server;

import static dev.rollcall.server.Browser.field;
import static dev.rollcall.server.People.PASSWORD;
import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Authenticator apps and recovery codes, on SQLite, by a browser without scripts and by the API.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecondFactorIT {
  private static final Pattern SECRET =
      Pattern.compile("secret=([A-Z2-7]{32})&amp;issuer=Rollcall");
  private static final Pattern CODE = Pattern.compile("(?m)([a-z2-7]{4}-){3}[a-z2-7]{4}");
  private static final String WRONG = "000000";

  @TempDir static Path folder;

  private RunningRollcall rollcall;
  private People people;
  private String database;

  /// Where the rows are.
  String database() {
    return "";
  }

  @BeforeAll
  void start() {
    database = database();
    rollcall =
        Plan.in(folder)
            .yaml(demanding("optional"))
            .flags("--database=" + database)
            .flags(People.unlimited())
            .start();
    people = new People(rollcall);
  }

  @AfterAll
  void stop() {
    rollcall.close();
  }

  private static String demanding(String whom) {
    return "accounts:\n  second-factor: " + whom + "\n";
  }

  /// Somebody with an app, and recovery codes.
  record Enrolled(String email, AuthenticatorApp app, List<String> codes) {}

  Answer loginWith(String email, String code) {
    return rollcall.send(
        "POST",
        "/login",
        "{\"email\":\"%s\",\"password\":\"%s\",\"CODE\":\"%s\"}".formatted(email, PASSWORD, code));
  }

  /// The status of changing the password.
  int changed(String session, String body) {
    return rollcall.send("POST", "/v1/account/password", body, "Authorization", session).status();
  }

  Browser browser() {
    return new Browser(rollcall);
  }

  private static String signIn(String email) {
    return field("email", email) + field("password", PASSWORD);
  }

  private static String password() {
    return field("password", PASSWORD);
  }

  Enrolled enrolled(String email) throws Exception {
    people.register(email);
    Browser browser = browser();
    browser.form("/account/login", signIn(email));
    return enrolled(email, browser);
  }

  /// Adds an app for who is signed in there.
  private static Enrolled enrolled(String email, Browser browser) throws Exception {
    String page = browser.after(browser.form("/account/app", password()));
    Matcher secret = SECRET.matcher(page);
    assertThat(secret.find()).as(page).isTrue();
    AuthenticatorApp app = new AuthenticatorApp(secret.group(1));
    Browser.Page confirmed = browser.form("/account/app/confirm", field("code", app.code(0)));
    assertThat(confirmed.status()).as(confirmed.body()).isEqualTo(200);
    assertThat(confirmed.answer().headers().firstValue("Cache-Control")).contains("no-store");
    List<String> codes = CODE.matcher(confirmed.body()).results().map(MatchResult::group).toList();
    assertThat(codes).hasSize(10);
    assertThat(browser.page()).doesNotContain(codes).contains("10 recovery codes left");
    return new Enrolled(email, app, codes);
  }

  @Test
  void anAppIsAddedWithPasswordAndCodeAndShowsItsSecretInThreeForms() throws Exception {
    people.register("adds@example.org");
    String before = people.login("adds@example.org", PASSWORD).json().stringValue();
    Browser browser = browser();
    browser.form("/account/login", signIn("adds@example.org"));
    assertThat(browser.after(browser.form("/account/app", field("password", "wrong"))))
        .contains("the password is wrong")
        .doesNotContain("otpauth:");
    String page = browser.after(browser.form("/account/app", password()));
    Matcher secret = SECRET.matcher(page);
    assertThat(secret.find()).as(page).isTrue();
    assertThat(page)
        .contains("otpauth://totp/Rollcall:adds%40example.org?", "<svg class=\"qr\"")
        .contains(">" + secret.group(1) + "</pre>");
    assertThat(browser.after(browser.form("/account/app/confirm", field("code", WRONG))))
        .contains("the code is wrong", secret.group(1));
    assertThat(people.login("adds@example.org", PASSWORD).status())
        .as("not confirmed")
        .isEqualTo(200);
    String code = new AuthenticatorApp(secret.group(1)).code(0);
    assertThat(browser.form("/account/app/confirm", field("code", code)).body())
        .contains("These are your recovery codes.");
    assertThat(people.get("/v1/account", before).status())
        .as("a session from before, which knew the password only")
        .isEqualTo(401);
    assertThat(browser.page()).doesNotContain(secret.group(1)).contains("Authenticator app");
    Path file = folder.resolve("rollcall-data/rollcall.db");
    if (Files.exists(file)) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
          .doesNotContain(secret.group(1));
    }
    assertThat(rollcall.log()).doesNotContain(secret.group(1), code);
    assertThat(rollcall.get("/v1/audit").json().toString())
        .containsOnlyOnce(
            "\"caller\":\"adds@example.org\",\"address\":\"127.0.0.1\","
                + "\"action\":\"add authenticator app\"");
  }

  @Test
  void theApiAsksForACodeAfterThePasswordAndTakesEachOnce() throws Exception {
    Enrolled ann = enrolled("ann@example.org");
    Answer without = people.login(ann.email(), PASSWORD);
    assertThat(without.status()).isEqualTo(401);
    assertThat(without.json().toString()).contains("Code: is missing");
    assertThat(people.login(ann.email(), "wrong one").json())
        .as("a wrong password says nothing of a second factor")
        .isEqualTo(people.login("nobody@example.org", "wrong one").json());
    assertThat(loginWith(ann.email(), WRONG).status()).isEqualTo(401);
    assertThat(loginWith(ann.email(), "").status()).isEqualTo(401);
    assertThat(loginWith(ann.email(), ann.app().code(-10)).status()).isEqualTo(401);
    String code = ann.app().code(1); // that of the present step has confirmed the app
    assertThat(loginWith(ann.email(), code).status()).as("one step early").isEqualTo(200);
    assertThat(loginWith(ann.email(), code).status()).as("replayed").isEqualTo(401);
    assertThat(loginWith(ann.email(), ann.app().code(0)).status()).as("earlier").isEqualTo(401);
    assertThat(
            rollcall
                .send(
                    "POST",
                    "/login",
                    "{\"Email\":\"ann@example.org\",\"Password\":\"" + PASSWORD + "\",\"Code\":7}")
                .status())
        .isEqualTo(400);
  }

  @Test
  void aRecoveryCodeSignsInOnceHoweverItIsWritten() throws Exception {
    Enrolled bob = enrolled("bob@example.org");
    String written = bob.codes().get(0).toUpperCase(Locale.ROOT).replace('-', ' ');
    assertThat(loginWith(bob.email(), written).status()).isEqualTo(200);
    assertThat(loginWith(bob.email(), bob.codes().get(0)).status()).isEqualTo(401);
    assertThat(loginWith("adds-nothing@example.org", bob.codes().get(1)).status()).isEqualTo(401);
    Browser browser = browser();
    browser.form("/account/login", signIn(bob.email()));
    browser.form("/account/code", field("code", bob.codes().get(1)));
    assertThat(browser.page()).contains("8 recovery codes left");
    String made = browser.form("/account/codes", password()).body();
    List<String> codes = CODE.matcher(made).results().map(MatchResult::group).toList();
    assertThat(codes).hasSize(10).doesNotContainAnyElementsOf(bob.codes());
    assertThat(loginWith(bob.email(), bob.codes().get(2)).status()).isEqualTo(401);
    assertThat(loginWith(bob.email(), codes.get(2)).status()).isEqualTo(200);
  }

  /// They would go on after the first factor, and let in who has made them before.
  @Test
  void withoutAFactorThereAreNoRecoveryCodes() throws Exception {
    people.register("early@example.org");
    Browser browser = browser();
    browser.form("/account/login", signIn("early@example.org"));
    assertThat(browser.after(browser.form("/account/codes", password())))
        .contains("add an app or a passkey first");
    assertThat(rollcall.get("/v1/audit").json().toString())
        .doesNotContain(
            "\"caller\":\"early@example.org\",\"address\":\"127.0.0.1\",\"action\":\"make");
  }

  @Test
  void whoGuessesCodesHasToWait() throws Exception {
    Enrolled guessed = enrolled("guessed@example.org");
    Enrolled other = enrolled("other@example.org");
    for (int i = 0; i < 10; i++) {
      assertThat(loginWith(guessed.email(), WRONG).status()).isEqualTo(401);
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(rollcall.url() + "login"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"Email\":\"guessed@example.org\",\"Password\":\"%s\",\"Code\":\"%s\"}"
                        .formatted(PASSWORD, guessed.codes().get(0))))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> refused = client.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 360L);
    }
    assertThat(loginWith(other.email(), other.codes().get(0)).status()).isEqualTo(200);
  }

  @Test
  void aBrowserHasNoSessionBetweenPasswordAndCode() throws Exception {
    Enrolled eve = enrolled("eve@example.org");
    Browser browser = browser();
    String second = browser.after(browser.form("/account/login", signIn(eve.email())));
    assertThat(second).contains("Code of your app").doesNotContain("Sign out");
    assertThat(browser.step("/v1/account").status()).isEqualTo(401);
    assertThat(browser.after(browser.form("/account/code", field("code", WRONG))))
        .contains("the code is wrong", "Code of your app");
    assertThat(browser.after(browser.form("/account/code", field("code", eve.codes().get(0)))))
        .contains("You are signed in.", eve.email());
    assertThat(browser.step("/v1/account").status()).isEqualTo(200);
    assertThat(browser.after(browser.form("/account/logout", ""))).contains("Register");
    // After five wrong codes it begins with the password again.
    browser.form("/account/login", signIn(eve.email()));
    for (int i = 0; i < 5; i++) {
      browser.form("/account/code", field("code", WRONG));
    }
    assertThat(browser.page()).contains("Register").doesNotContain("Code of your app");
    assertThat(browser.after(browser.form("/account/code", field("code", eve.codes().get(1)))))
        .contains("the time is over");
    // And nobody needs to give one.
    browser.form("/account/login", signIn(eve.email()));
    assertThat(browser.after(browser.form("/account/logout", ""))).contains("Register");
  }

  @Test
  void withoutItsFactorsThePasswordAloneSignsInAgain() throws Exception {
    Enrolled uma = enrolled("uma@example.org");
    Browser browser = browser();
    browser.form("/account/login", signIn(uma.email()));
    browser.form("/account/code", field("code", uma.codes().get(0)));
    assertThat(
            browser.after(
                browser.form(
                    "/account/factor/remove",
                    field("factor", "app") + field("password", "wrong one"))))
        .contains("the password is wrong");
    assertThat(
            browser.after(
                browser.form("/account/factor/remove", field("factor", "17") + password())))
        .contains("no such passkey");
    assertThat(
            browser.after(
                browser.form("/account/factor/remove", field("factor", "app") + password())))
        .contains("It was removed.", "The password alone signs you in.");
    assertThat(people.login(uma.email(), PASSWORD).status()).isEqualTo(200);
    assertThat(rollcall.get("/v1/audit").json().toString()).contains("remove authenticator app");
  }

  @Test
  void somebodyAtTheMachineRemovesTheFactorsWithThePassword() throws Exception {
    Enrolled lost = enrolled("lost@example.org");
    String said =
        Plan.of("operator", folder)
            .onlyFlags(
                "--database=" + database, "--port=" + rollcall.port(), "--reset=lost@example.org")
            .refused()
            .said();
    Matcher password = Pattern.compile("is now: (\\S+)").matcher(said);
    assertThat(password.find()).as(said).isTrue();
    assertThat(people.login(lost.email(), password.group(1)).status()).isEqualTo(200);
  }

  @Test
  void whatIsNoPasskeyIsRefusedAndNoError() throws Exception {
    Browser browser = browser();
    for (String credential :
        List.of(
            "",
            "{}",
            "[]",
            "null",
            "{",
            "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}",
            "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":"
                + "{\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AAAA\",\"signature\":\"AA\"}}",
            "[".repeat(16_000),
            "x".repeat(20_000))) {
      assertThat(browser.after(browser.form("/account/passkey", field("credential", credential))))
          .as(credential)
          .contains("no passkey");
    }
  }

  @Test
  void anOperatorWithoutTheDemandedFactorCanOnlyAddOne() throws Exception {
    String operator = "operator@example.org";
    Browser browser = browser();
    browser.form("/account/register", signIn(operator) + field("code", people.setupCode()));
    String session = people.login(operator, PASSWORD).json().stringValue();
    String made =
        rollcall
            .send(
                "POST",
                "/v1/tokens",
                "{\"name\":\"ci\",\"scopes\":[\"read\"]}",
                "Authorization",
                session)
            .json()
            .at("/data/token/data/token")
            .stringValue();
    people.register("plain@example.org");
    String plain = people.login("plain@example.org", PASSWORD).json().stringValue();
    assertThat(people.get("/v1/audit", made).status()).isEqualTo(200);
    people.send("POST", "/v1/teams", "{\"name\":\"ops\"}", plain);
    String code =
        people
            .send("POST", "/v1/invitations?team=ops", "{\"role\":\"viewer\"}", plain)
            .json()
            .at("/data/invitation/data/invitation")
            .stringValue();
    String invitation = "/invitation?code=" + code;

    demand("operators");
    await().atMost(PATIENCE).until(() -> people.get("/v1/audit", made).status() == 403);
    assertThat(people.get("/v1/account", made).json().toString())
        .contains("a second factor is demanded");
    assertThat(people.get("/v1/account", session).status()).isEqualTo(403);
    assertThat(people.get("/v1/services", session).status()).isEqualTo(403);
    assertThat(browser.step("/v1/services").status()).as("as everybody").isEqualTo(200);
    assertThat(people.login(operator, PASSWORD).status()).isEqualTo(403);
    assertThat(browser.step("/v1/account").status()).isEqualTo(403);
    assertThat(people.get("/v1/account", plain).status()).as("no operator").isEqualTo(200);
    assertThat(browser.page())
        .contains("This server demands a second factor of you.")
        .doesNotContain("API tokens");
    String demanded = "A second factor is demanded of you: add one here.";
    assertThat(browser.after(browser.form("/account/tokens", field("name", "x") + "&read=on")))
        .contains(demanded);
    assertThat(browser.get("/team?team=1").body()).contains(demanded);
    assertThat(browser().get("/team?team=1").body()).contains("sign in again");
    assertThat(browser.get(invitation).body()).contains(demanded).doesNotContain("invites you");
    assertThat(browser.after(browser.form("/invitation", field("code", code)))).contains(demanded);

    enrolled(operator, browser);
    assertThat(people.get("/v1/audit", made).status()).isEqualTo(200);
    assertThat(browser.step("/v1/audit").status()).isEqualTo(200);
    assertThat(browser.page()).contains("API tokens").doesNotContain("demands a second factor");
    assertThat(browser.get(invitation).body()).contains("plain@example.org invites you");
    assertThat(browser.after(browser.form("/invitation", field("code", code))))
        .as("it was not used before")
        .contains("You are a member of the team now.");

    demand("everybody");
    await().atMost(PATIENCE).until(() -> people.get("/v1/account", plain).status() == 403);
    demand("optional");
    await().atMost(PATIENCE).until(() -> people.get("/v1/account", plain).status() == 200);
  }

  private void demand(String whom) throws IOException {
    rollcall.configure(demanding(whom));
  }
}
