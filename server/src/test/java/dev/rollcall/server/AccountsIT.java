package dev.rollcall.server;

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
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Registering, logging in, and tokens, on SQLite.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccountsIT {
  private static final String TOKEN = "0123456789abcdef-all";

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
            .flags("--database=" + database, "--token=" + TOKEN)
            .flags(People.unlimited())
            .start();
    people = new People(rollcall);
  }

  @AfterAll
  void stop() {
    rollcall.close();
  }

  RunningRollcall rollcall() {
    return rollcall;
  }

  Answer post(String path, String body, String... headers) {
    return rollcall.send("POST", path, body, headers);
  }

  private Answer register(String email) {
    return post("/register", People.credentials(email, PASSWORD));
  }

  private String login(String email, String password) {
    Answer answer =
        post("/login", "{\"email\":\"%s\",\"PASSWORD\":\"%s\"}".formatted(email, password));
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    return answer.json().stringValue();
  }

  String loggedIn(String email) {
    assertThat(register(email).status()).isEqualTo(201);
    return login(email, PASSWORD);
  }

  private static String page(Browser browser, String path, String token) throws Exception {
    return browser.step(path, "Authorization", token).body();
  }

  @Test
  void registersAndLogsInAsTheContractSays() {
    Answer made = register("Elahe@Example.org");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().propertyNames()).containsExactly("ID", "Email");
    assertThat(made.json().get("Email").stringValue()).isEqualTo("Elahe@Example.org");
    assertThat(register("elahe@EXAMPLE.org").status()).isEqualTo(409);
    String token = login("ELAHE@example.org", PASSWORD);
    String claims =
        new String(
            Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    assertThat(RunningRollcall.json(claims).get("user_id").asLong())
        .isEqualTo(made.json().get("ID").asLong());
    assertThat(RunningRollcall.json(claims).has("exp")).isTrue();
    for (String header : List.of(token, "Bearer " + token, "bearer " + token)) {
      assertThat(
              people.get("/v1/account", header).json().at("/data/account/data/email").asString(""))
          .isEqualTo("Elahe@Example.org");
    }
  }

  @Test
  void refusesWhatIsNoRegistration() {
    for (String body :
        List.of(
            "{}",
            "[]",
            "7",
            "{\"Email\":\"a@example.org\"}",
            "{\"Password\":\"12345678\"}",
            "{\"Email\":null,\"Password\":\"12345678\"}",
            "{\"Email\":7,\"Password\":\"12345678\"}",
            "{\"Email\":\"nobody\",\"Password\":\"12345678\"}",
            "{\"Email\":\"a@b@c\",\"Password\":\"12345678\"}",
            "{\"Email\":\"a b@example.org\",\"Password\":\"12345678\"}",
            "{\"Email\":\"a\\n@example.org\",\"Password\":\"12345678\"}",
            "{\"Email\":\"a\\u0000@example.org\",\"Password\":\"12345678\"}",
            "{\"Email\":\"short@example.org\",\"Password\":\"1234567\"}",
            "{\"Email\":\"a@example.org\",\"email\":\"b@example.org\",\"Password\":\"12345678\"}",
            "{\"Email\":\"long@example.org\",\"Password\":\"%s\"}".formatted("x".repeat(1025)),
            "{\"Email\":\"%s@example.org\",\"Password\":\"12345678\"}".formatted("x".repeat(250)),
            "{\"Email\":")) {
      assertThat(post("/register", body).status()).as(body).isEqualTo(400);
    }
    assertThat(
            post(
                    "/register",
                    "{\"Email\":\"site@example.org\",\"Password\":\"12345678\"}",
                    "Origin",
                    "http://evil.example")
                .status())
        .isEqualTo(403);
    assertThat(
            post(
                    "/register",
                    "{\"Email\":\"code@example.org\",\"Password\":\"12345678\",\"SetupCode\":\"x\"}")
                .status())
        .isEqualTo(403);
  }

  @Test
  void aWrongAddressAndAWrongPasswordAreTheSame() {
    register("known@example.org");
    Answer password =
        post("/login", "{\"Email\":\"known@example.org\",\"Password\":\"wrong one\"}");
    Answer address = post("/login", "{\"Email\":\"who@example.org\",\"Password\":\"wrong one\"}");
    Answer none = post("/login", "{\"Email\":\"no address\",\"Password\":\"wrong one\"}");
    assertThat(password.status()).isEqualTo(401);
    assertThat(address.status()).isEqualTo(401);
    assertThat(none.status()).isEqualTo(401);
    assertThat(address.json()).isEqualTo(password.json());
    assertThat(none.json()).isEqualTo(password.json());
  }

  @Test
  void wrongPasswordsAreLimitedForTheirAccountAlone() {
    register("guessed@example.org");
    register("other@example.org");
    String wrong = "{\"Email\":\"guessed@example.org\",\"Password\":\"wrong one\"}";
    for (int i = 0; i < 10; i++) {
      assertThat(post("/login", wrong).status()).isEqualTo(401);
    }
    Answer refused =
        post("/login", "{\"Email\":\"Guessed@example.org\",\"Password\":\"" + PASSWORD + "\"}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.json().toString()).contains("too many attempts");
    assertThat(login("other@example.org", PASSWORD)).isNotEmpty();
  }

  @Test
  void acceptsNoTokenThatItHasNotSigned() {
    String token = loggedIn("signed@example.org");
    String[] parts = token.split("\\.", -1);
    String none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    String rs =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8));
    String claims =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"user_id\":1,\"sid\":1,\"exp\":99999999999}".getBytes(StandardCharsets.UTF_8));
    for (String forged :
        List.of(
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + claims + "." + parts[2],
            none + "." + parts[1] + ".",
            none + "." + claims + ".",
            rs + "." + parts[1] + "." + parts[2],
            token.substring(0, token.length() - 2),
            token + "A",
            "eyJ.",
            "eyJhbGciOiJIUzI1NiJ9..",
            "rc_" + "A".repeat(43),
            "Basic YTpi",
            "")) {
      assertThat(people.get("/v1/account", forged).status()).as(forged).isEqualTo(401);
    }
    assertThat(rollcall.get("/v1/account").status()).as("nothing").isEqualTo(401);
    assertThat(people.get("/v1/account", token).status()).isEqualTo(200);
  }

  @Test
  void aTokenEndsWithItsSession() {
    String first = loggedIn("leaves@example.org");
    String second = login("leaves@example.org", PASSWORD);
    assertThat(
            rollcall
                .send("GET", "/v1/sessions", "", "Authorization", first)
                .json()
                .at("/data/sessions/data")
                .size())
        .isEqualTo(2);
    assertThat(post("/logout", "", "Authorization", first).status()).isEqualTo(200);
    assertThat(people.get("/v1/account", first).status()).isEqualTo(401);
    assertThat(people.get("/v1/account", second).status()).isEqualTo(200);
  }

  @Test
  void passwordsAreCountedInCharacters() {
    String most = "😀".repeat(1024);
    assertThat(post("/register", People.credentials("long@example.org", most + "x")).status())
        .isEqualTo(400);
    assertThat(post("/register", People.credentials("long@example.org", most)).status())
        .isEqualTo(201);
    login("long@example.org", most);
  }

  @Test
  void mistakesOfAnotherPasswordSayWhatIsWrong() {
    String token = loggedIn("mistaken@example.org");
    String path = "/v1/account/password";
    assertThat(post(path, "{}", "Authorization", token).json().at("/errors").toString())
        .isEqualTo("[\"password: is missing\",\"new_password: is missing\"]");
    Answer wrong =
        post(
            path,
            "{\"password\":\"wrong one\",\"new_password\":\"battery staple\"}",
            "Authorization",
            token);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.json().at("/errors").toString()).isEqualTo("[\"the password is wrong\"]");
  }

  @Test
  void answersAboutAccountsAreNotKeptByCaches() throws Exception {
    Browser browser = new Browser(rollcall);
    String token = loggedIn("cached@example.org");
    for (String path :
        List.of("/v1/account", "/v1/tokens", "/v1/sessions", "/v1/teams", "/account")) {
      assertThat(
              browser
                  .step(path, "Authorization", token)
                  .answer()
                  .headers()
                  .allValues("Cache-Control"))
          .as(path)
          .containsExactly("no-store");
    }
    HttpRequest login =
        HttpRequest.newBuilder(URI.create(rollcall.url() + "login"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    People.credentials("cached@example.org", PASSWORD)))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(
              client
                  .send(login, HttpResponse.BodyHandlers.discarding())
                  .headers()
                  .allValues("Cache-Control"))
          .containsExactly("no-store");
    }
  }

  @Test
  void aNewPasswordEndsAllOtherSessions() {
    String first = loggedIn("changes@example.org");
    String second = login("changes@example.org", PASSWORD);
    String body = "{\"password\":\"%s\",\"new_password\":\"another horse\"}";
    assertThat(
            post("/v1/account/password", body.formatted("wrong"), "Authorization", first).status())
        .isEqualTo(401);
    assertThat(
            post("/v1/account/password", body.formatted(PASSWORD), "Authorization", first).status())
        .isEqualTo(200);
    assertThat(people.get("/v1/account", second).status()).isEqualTo(401);
    assertThat(people.get("/v1/account", first).status()).isEqualTo(200);
    assertThat(
            post("/login", "{\"email\":\"changes@example.org\",\"password\":\"" + PASSWORD + "\"}")
                .status())
        .isEqualTo(401);
    assertThat(login("changes@example.org", "another horse")).isNotEmpty();
  }

  /// A login reads the hash, and takes its time to compare the password with it.
  @Test
  void aNewPasswordEndsAlsoLoginsThatAreUnderWay() throws Exception {
    String kept = loggedIn("races@example.org");
    AtomicBoolean changed = new AtomicBoolean();
    try (ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 6; i++) {
        attackers.execute(
            () -> {
              int before = 0;
              while (!changed.get() && before++ < 100) {
                people.login("races@example.org", PASSWORD);
              }
            });
      }
      String body = "{\"password\":\"%s\",\"new_password\":\"another horse\"}".formatted(PASSWORD);
      assertThat(post("/v1/account/password", body, "Authorization", kept).status()).isEqualTo(200);
      changed.set(true);
    }
    assertThat(people.get("/v1/sessions", kept).json().at("/data/sessions/data").size()).isOne();
  }

  @Test
  void aTokenIsNoCookieAndACookieIsNoToken() {
    String jwt = loggedIn("kinds@example.org");
    String token =
        post("/v1/tokens", "{\"name\":\"ci\",\"scopes\":[\"read\"]}", "Authorization", jwt)
            .json()
            .at("/data/token/data/token")
            .stringValue();
    for (String shown : List.of(token, jwt)) {
      String cookie = "rollcall-session=" + shown;
      assertThat(rollcall.send("GET", "/v1/account", "", "Cookie", cookie).status()).isEqualTo(401);
      assertThat(people.get("/v1/account", shown).status()).as("shown as a cookie").isEqualTo(200);
      assertThat(rollcall.send("GET", "/v1/account", "", "Cookie", cookie).status()).isEqualTo(401);
    }
  }

  @Test
  void anApiTokenMayWhatItsScopesSayUntilItIsRevoked() {
    String token = loggedIn("automates@example.org");
    Answer made =
        post("/v1/tokens", "{\"name\":\"ci\",\"scopes\":[\"read\"]}", "Authorization", token);
    assertThat(made.status()).isEqualTo(201);
    String reads = made.json().at("/data/token/data/token").stringValue();
    long id = made.json().at("/data/token/data/id").asLong();
    assertThat(people.get("/v1/account", reads).status()).isEqualTo(200);
    assertThat(post("/v1/tokens", "{}", "Authorization", reads).status()).isEqualTo(403);
    assertThat(
            post("/v1/tokens", "{\"name\":\"ci\",\"scopes\":[\"read\"]}", "Authorization", token)
                .status())
        .isEqualTo(409);
    Answer listed = people.get("/v1/tokens", reads);
    assertThat(listed.json().toString()).contains("\"name\":\"ci\"").doesNotContain(reads);
    String pings =
        post("/v1/tokens", "{\"name\":\"job\",\"scopes\":[\"ping\"]}", "Authorization", token)
            .json()
            .at("/data/token/data/token")
            .stringValue();
    assertThat(people.get("/v1/account", pings).status()).isEqualTo(403);
    assertThat(people.get("/v1/services", pings).status()).isEqualTo(403);
    for (String bad :
        List.of(
            "{}",
            "{\"name\":\"a\"}",
            "{\"name\":\"a\",\"scopes\":[]}",
            "{\"name\":\"a\",\"scopes\":[\"all\"]}",
            "{\"name\":\"\",\"scopes\":[\"read\"]}",
            "{\"name\":7,\"scopes\":[\"read\"]}")) {
      assertThat(post("/v1/tokens", bad, "Authorization", token).status()).as(bad).isEqualTo(400);
    }
    Answer ofOperators =
        post("/v1/tokens", "{\"name\":\"n\",\"scopes\":[\"results\"]}", "Authorization", token);
    assertThat(ofOperators.status()).isEqualTo(403);
    assertThat(ofOperators.json().toString()).contains("scopes: results is for operators");
    String other = loggedIn("stranger@example.org");
    assertThat(rollcall.send("DELETE", "/v1/tokens/" + id, "", "Authorization", other).status())
        .isEqualTo(404);
    assertThat(rollcall.send("DELETE", "/v1/tokens/" + id, "", "Authorization", token).status())
        .isEqualTo(200);
    assertThat(people.get("/v1/account", reads).status()).isEqualTo(401);
  }

  @Test
  void whoRegistersWithTheSetupCodeIsTheOperatorOnce() throws Exception {
    String body =
        "{\"Email\":\"%s\",\"Password\":\""
            + PASSWORD
            + "\",\"SetupCode\":\""
            + people.setupCode()
            + "\"}";
    assertThat(post("/register", body.formatted("operator@example.org")).status()).isEqualTo(201);
    assertThat(post("/register", body.formatted("second@example.org")).status()).isEqualTo(403);
    String operator = login("operator@example.org", PASSWORD);
    assertThat(people.get("/v1/audit", operator).status()).isEqualTo(200);
    assertThat(
            post(
                    "/v1/tokens",
                    "{\"name\":\"node\",\"scopes\":[\"results\"]}",
                    "Authorization",
                    operator)
                .status())
        .isEqualTo(201);
    String user = loggedIn("plain@example.org");
    assertThat(people.get("/v1/audit", user).status()).isEqualTo(403);
    Browser browser = new Browser(rollcall);
    assertThat(page(browser, "/audit", operator))
        .contains("operator@example.org", "POST /register", "as an operator");
    assertThat(page(browser, "/audit?before=1", operator)).contains("Nothing was changed yet.");
    assertThat(page(browser, "/audit", user)).doesNotContain("operator@example.org");
    assertThat(post("/v1/services", "{}", "Authorization", operator).status()).isEqualTo(400);
  }

  @Test
  void somebodyAtTheMachineMakesACodeAndAnotherPasswordBesideTheServer() {
    String token = loggedIn("forgets@example.org");
    String said = operator("--reset=Forgets@example.org");
    Matcher password = Pattern.compile("is now: (\\S+)").matcher(said);
    assertThat(password.find()).as(said).isTrue();
    assertThat(people.get("/v1/account", token).status()).isEqualTo(401);
    assertThat(login("forgets@example.org", password.group(1))).isNotEmpty();
    assertThat(operator("--reset=nobody@example.org"))
        .contains("there is no account")
        .doesNotContain("{", "bug");

    Matcher code = Pattern.compile("once: (\\S+)").matcher(operator());
    assertThat(code.find()).isTrue();
    String body =
        "{\"Email\":\"deputy@example.org\",\"Password\":\"%s\",\"SetupCode\":\"%s\"}"
            .formatted(PASSWORD, code.group(1));
    assertThat(post("/register", body).status()).isEqualTo(201);
    String deputy = login("deputy@example.org", PASSWORD);
    assertThat(people.get("/v1/audit", deputy).json().toString())
        .contains("new password of forgets@example.org", "new setup code");
    for (String proof : List.of("", "1", "1.2", "9999999999.00")) {
      assertThat(post("/v1/operator", "{}", "Rollcall-Proof", proof).status()).isEqualTo(401);
    }
  }

  private String operator(String... flags) {
    return Plan.of("operator", folder)
        .onlyFlags("--database=" + database, "--port=" + rollcall.port())
        .flags(flags)
        .refused()
        .said();
  }

  @Test
  void changesAreRecordedWithWhoMadeThem() {
    String token = loggedIn("records@example.org");
    long id =
        post("/v1/tokens", "{\"name\":\"ci\",\"scopes\":[\"read\"]}", "Authorization", token)
            .json()
            .at("/data/token/data/id")
            .asLong();
    post("/v1/tokens", "{\"name\":\"\"}", "Authorization", token);
    String audit = rollcall.get("/v1/audit").json().toString();
    assertThat(audit)
        .containsOnlyOnce(
            "\"caller\":\"records@example.org\",\"address\":\"127.0.0.1\","
                + "\"action\":\"POST /v1/tokens\",\"target\":\"/v1/tokens/"
                + id
                + "\"");
    assertThat(people.get("/v1/audit", token).status()).isEqualTo(403);
  }

  @Test
  void whatOperatorsDoOnThePageOfAccountsIsRecorded() throws Exception {
    long id = register("removed@example.org").json().get("ID").asLong();
    Browser browser = new Browser(rollcall);
    assertThat(browser.form("/accounts/invite", "").status()).isEqualTo(200);
    Matcher invitation =
        Pattern.compile("name=\"id\" value=\"(\\d+)\">\\s*<button[^>]*>Revoke")
            .matcher(browser.get("/accounts").body());
    assertThat(invitation.find()).as(browser.get("/accounts").body()).isTrue();
    browser.form("/accounts/uninvite", "&id=" + invitation.group(1));
    browser.form("/accounts/remove", "&id=" + id);
    browser.form("/accounts/remove", "&id=" + id); // is gone
    String audit = rollcall.get("/v1/audit").json().toString();
    for (String target :
        List.of(
            "/accounts/invite/" + invitation.group(1),
            "/accounts/uninvite/" + invitation.group(1),
            "/accounts/remove/" + id)) {
      assertThat(audit)
          .containsOnlyOnce(
              "\"caller\":\"this machine\",\"address\":\"127.0.0.1\",\"action\":\"POST "
                  + target.substring(0, target.lastIndexOf('/'))
                  + "\",\"target\":\""
                  + target
                  + "\"");
    }
  }

  @Test
  void anAccountIsDeletedWithAllThatIsItsOwn() {
    String token = loggedIn("goes@example.org");
    long url =
        post("/url", "{\"URL\":\"http://example.invalid/\"}", "Authorization", token)
            .json()
            .get("ID")
            .asLong();
    assertThat(people.get("/ping?name=goes&frequency=1D", token).status()).isEqualTo(200);
    assertThat(people.get("/v1/heartbeats", TOKEN).json().toString()).contains("goes");
    String wrong = "{\"password\":\"wrong one\"}";
    String right = "{\"password\":\"" + PASSWORD + "\"}";
    assertThat(rollcall.send("DELETE", "/v1/account", wrong, "Authorization", token).status())
        .isEqualTo(401);
    assertThat(rollcall.send("DELETE", "/v1/account", right, "Authorization", token).status())
        .isEqualTo(200);
    assertThat(people.get("/v1/account", token).status()).isEqualTo(401);
    await().atMost(PATIENCE).until(() -> register("goes@example.org").status() == 201);
    String again = login("goes@example.org", PASSWORD);
    assertThat(people.get("/url", again).json().isEmpty()).isTrue();
    assertThat(people.get("/url/" + url, again).status()).isEqualTo(404);
    assertThat(people.get("/v1/heartbeats", TOKEN).json().toString()).doesNotContain("goes");
  }

  @Test
  void aBrowserSignsInAndMakesTokensUntilItSignsOut() throws Exception {
    register("browses@example.org");
    Browser browser = new Browser(rollcall);
    String wrong = "&email=browses%40example.org&password=wrong";
    assertThat(browser.after(browser.form("/account/login", wrong)))
        .contains("the address or the password is wrong");
    String right = "&email=browses%40example.org&password=" + PASSWORD.replace(' ', '+');
    assertThat(browser.after(browser.form("/account/login", right)))
        .contains("You are signed in.", "browses@example.org");
    String made = browser.form("/account/tokens", "&name=%3Cci%3E&read=on").body();
    Matcher token = Pattern.compile("rc_[A-Za-z0-9_-]{43}").matcher(made);
    assertThat(token.find()).as(made).isTrue();
    assertThat(people.get("/v1/account", token.group()).status()).isEqualTo(200);
    assertThat(browser.page())
        .contains("&lt;ci&gt;", "name=\"ping\"")
        .doesNotContain(token.group(), "name=\"results\"");
    assertThat(browser.after(browser.form("/account/tokens", "&name=node&results=on")))
        .contains("results is for operators");
    Matcher id = Pattern.compile("name=\"id\" value=\"(\\d+)").matcher(browser.page());
    assertThat(id.find()).isTrue();
    assertThat(browser.after(browser.form("/account/revoke", "&id=" + id.group(1))))
        .contains("The token was revoked.");
    assertThat(people.get("/v1/audit", TOKEN).json().toString())
        .contains("\"target\":\"/account/revoke/" + id.group(1) + "\"");
    assertThat(people.get("/v1/account", token.group()).status()).isEqualTo(401);
    assertThat(browser.form("/account/logout", "", "Origin", "http://evil.example").status())
        .isEqualTo(403);
    assertThat(browser.step("/v1/account").status()).isEqualTo(200);
    assertThat(browser.step("/v1/audit").status()).isEqualTo(403);
    assertThat(browser.after(browser.form("/account/delete", "&password=wrong")))
        .contains("the password is wrong");
    assertThat(people.get("/v1/audit", TOKEN).json().toString()).doesNotContain("/account/delete");
    assertThat(browser.after(browser.form("/account/logout", ""))).contains("You are signed out.");
    assertThat(browser.step("/v1/account").status()).isEqualTo(401);
  }

  /// nginx with `auth_basic` passes the header on.
  @Test
  void formsWorkBehindAProxyThatAsksForAPasswordOfItsOwn() throws Exception {
    register("proxied@example.org");
    Browser browser = new Browser(rollcall);
    browser.form(
        "/account/login", "&email=proxied%40example.org&password=" + PASSWORD.replace(' ', '+'));
    String[] basic = {"Authorization", "Basic b3BzOnNlY3JldA=="};
    assertThat(browser.form("/account/tokens", "&name=ci&read=on", basic).body())
        .contains("rc_", "proxied@example.org");
    assertThat(browser.step("/team?team=1", basic).status()).as("no team of theirs").isEqualTo(404);
    String token = login("proxied@example.org", PASSWORD);
    assertThat(browser.form("/account/tokens", "&name=b&read=on", "Authorization", token).status())
        .as("a token is for the API")
        .isEqualTo(303);
  }

  @Test
  void theCookieIsForThisServerAloneAndForTlsBehindIt() throws Exception {
    register("cookie@example.org");
    Browser browser = new Browser(rollcall);
    String right = "&email=cookie%40example.org&password=" + PASSWORD.replace(' ', '+');
    Browser.Page signedIn = browser.form("/account/login", right, "X-Forwarded-Proto", "https");
    assertThat(signedIn.answer().headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .startsWith("rollcall-session=")
                    .contains("HttpOnly", "SameSite=Lax", "Secure", "Path=/"));
    assertThat(browser.after(browser.form("/account/register", right.replace("cookie", "fresh"))))
        .contains("The account exists");
  }

  @Test
  void noSecretIsStoredOrLogged() throws IOException {
    String token = loggedIn("secret@example.org");
    assertThat(rollcall.log()).doesNotContain(PASSWORD, token);
    Path file = folder.resolve("rollcall-data/rollcall.db");
    if (Files.exists(file)) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(PASSWORD);
    }
  }
}
