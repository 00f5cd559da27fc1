package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.RunningRollcall.Answer;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Registration that is not open, and what an operator does about accounts.
class RegistrationIT {
  private static final String TOKEN = "0123456789abcdef-token";
  private static final String BODY =
      "{\"Email\":\"%s@example.org\",\"Password\":\"correct horse\"%s}";

  @TempDir static Path folder;

  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() throws IOException {
    configure("invite");
    rollcall = Plan.in(folder).flags("--token=" + TOKEN).start();
    String code = new People(rollcall).setupCode();
    assertThat(register("operates", ",\"SetupCode\":\"" + code + "\"").status()).isEqualTo(201);
  }

  private static void configure(String registration) throws IOException {
    Files.writeString(
        folder.resolve("rollcall.yaml"),
        """
        public-url: https://status.example.org
        accounts:
          registration: %s
          registrations-per-minute: 1000
          logins-per-minute: 1000
        """
            .formatted(registration));
  }

  @AfterAll
  static void stop() {
    rollcall.close();
  }

  private static Answer asOperator(String method, String path, String body) {
    return rollcall.send(method, path, body, "Authorization", TOKEN);
  }

  private static Answer register(String name, String more) {
    return rollcall.send("POST", "/register", BODY.formatted(name, more));
  }

  private static String account(String name) {
    String code =
        asOperator("POST", "/v1/invitations", "{}")
            .json()
            .at("/data/invitation/data/invitation")
            .stringValue();
    assertThat(register(name, ",\"Invitation\":\"" + code + "\"").status()).isEqualTo(201);
    return rollcall.send("POST", "/login", BODY.formatted(name, "")).json().stringValue();
  }

  private static List<JsonNode> accounts() {
    return asOperator("GET", "/v1/accounts", "")
        .json()
        .at("/data/accounts/data")
        .valueStream()
        .toList();
  }

  private static String page(Browser browser, String path) throws Exception {
    return browser.step(path).body();
  }

  @Test
  void whoHasAnInvitationRegisters() throws Exception {
    assertThat(register("uninvited", "").status()).isEqualTo(403);
    JsonNode made =
        asOperator("POST", "/v1/invitations", "{\"days\":1}").json().at("/data/invitation/data");
    String link = made.get("url").stringValue();
    assertThat(link).startsWith("https://status.example.org/invitation?code=");
    String code = made.get("invitation").stringValue();
    Browser browser = new Browser(rollcall);
    assertThat(page(browser, "/account"))
        .contains("Registration is by invitation here", "Code of the invitation");
    assertThat(page(browser, "/invitation?code=" + code))
        .contains("the operator invites you to register here", "Register here.")
        .doesNotContain("Code of the invitation");
    browser.form(
        "/account/register",
        "&email=guest%40example.org&password=correct+horse&invitation=" + code);
    assertThat(page(browser, "/account")).contains("guest@example.org");
    assertThat(register("late", ",\"Invitation\":\"" + code + "\"").status())
        .as("it is used once")
        .isEqualTo(403);
  }

  @Test
  void whoMayNotRegisterIsNotToldWhoHasAnAccount() {
    account("present");
    for (String more :
        List.of(
            "",
            ",\"SetupCode\":\"\"",
            ",\"Invitation\":\"\"",
            ",\"SetupCode\":\"wrong\"",
            ",\"Invitation\":\"wrong\"")) {
      Answer present = register("present", more);
      assertThat(present.status()).as(more).isEqualTo(403);
      assertThat(register("absent", more).json()).as(more).isEqualTo(present.json());
    }
  }

  @Test
  void closedRegistrationShowsNoWayInThatIsNone() throws Exception {
    String owner = account("teamowner");
    String token =
        rollcall
            .send("POST", "/v1/teams", "{\"name\":\"ops\"}", "Authorization", owner)
            .json()
            .at("/data/team/data/id")
            .asString();
    configure("closed");
    Browser browser = new Browser(rollcall);
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> page(browser, "/account").contains("Registration is closed here"));
      assertThat(page(browser, "/account")).doesNotContain("Code of the invitation");
      assertThat(asOperator("POST", "/v1/invitations", "{}").status()).isEqualTo(409);
      assertThat(page(operators(), "/accounts"))
          .contains("Registration is closed (accounts.registration)")
          .doesNotContain("/accounts/invite");
      String code =
          rollcall
              .send(
                  "POST",
                  "/v1/invitations?team=" + token,
                  "{\"role\":\"viewer\"}",
                  "Authorization",
                  owner)
              .json()
              .at("/data/invitation/data/invitation")
              .stringValue();
      assertThat(page(browser, "/invitation?code=" + code))
          .contains("Sign in first", "Registration is closed here")
          .doesNotContain("/account/register");
      assertThat(register("closedout", ",\"Invitation\":\"" + code + "\"").status()).isEqualTo(403);
    } finally {
      configure("invite");
      await()
          .atMost(PATIENCE)
          .until(() -> asOperator("POST", "/v1/invitations", "{}").status() == 201);
    }
  }

  /// A browser in which an operator has signed in.
  private static Browser operators() throws Exception {
    Browser browser = new Browser(rollcall);
    browser.form("/account/login", "&email=operates%40example.org&password=correct+horse");
    return browser;
  }

  @Test
  void thePageOfAccountsOffersWhatWorks() throws Exception {
    account("visits");
    String page = page(operators(), "/accounts");
    assertThat(page.split("/accounts/remove\"", -1)).as(page).hasSize(accounts().size());
    assertThat(page).contains("operates@example.org", "(you)", "/accounts/invite");
    String made = operators().form("/accounts/invite", "").body();
    assertThat(made).contains(">https://status.example.org/invitation?code=");
  }

  @Test
  void anOperatorSeesWhoHasAnAccountAndDeletesIt() {
    String leaving = account("leaving");
    account("staying");
    String service = "{\"name\":\"hers\",\"url\":\"http://example.invalid/\",\"interval\":\"1h\"}";
    rollcall.send("POST", "/v1/services", service, "Authorization", leaving);
    JsonNode listed =
        accounts().stream()
            .filter(one -> one.get("email").stringValue().equals("leaving@example.org"))
            .findFirst()
            .orElseThrow();
    long id = listed.get("id").asLong();
    assertThat(listed.get("role").stringValue()).isEqualTo("user");
    assertThat(listed.get("teams")).isEmpty();
    assertThat(asOperator("GET", "/v1/services", "").json().toString())
        .contains("\"name\":\"hers\",\"owner\":" + id);
    JsonNode page = asOperator("GET", "/v1/accounts?before=" + (id + 1) + "&limit=1", "").json();
    assertThat(page.at("/data/accounts/data/0/id").asLong()).isEqualTo(id);
    assertThat(page.at("/data/accounts/pagination/before").asLong()).isEqualTo(id);
    assertThat(rollcall.send("GET", "/v1/accounts", "", "Authorization", leaving).status())
        .isEqualTo(403);
    assertThat(asOperator("DELETE", "/v1/accounts/" + id, "").status()).isEqualTo(200);
    assertThat(asOperator("DELETE", "/v1/accounts/" + id, "").status()).isEqualTo(404);
    assertThat(rollcall.send("GET", "/v1/account", "", "Authorization", leaving).status())
        .isEqualTo(401);
    await()
        .atMost(PATIENCE)
        .until(() -> !asOperator("GET", "/v1/services", "").json().toString().contains("hers"));
    assertThat(accounts()).noneMatch(one -> one.get("id").asLong() == id);
    assertThat(asOperator("GET", "/v1/audit", "").json().toString())
        .contains("DELETE /v1/accounts/{id}");
  }

  @Test
  void anOperatorDoesTheSameInABrowser() throws Exception {
    account("removed");
    long id =
        accounts().stream()
            .filter(one -> one.get("email").stringValue().equals("removed@example.org"))
            .findFirst()
            .orElseThrow()
            .get("id")
            .asLong();
    Browser browser = new Browser(rollcall); // on this machine
    assertThat(page(browser, "/accounts")).contains("removed@example.org");
    String invited = browser.form("/accounts/invite", "").body();
    assertThat(invited).contains("/invitation?code=", "By the operator, ends");
    Matcher open =
        Pattern.compile("name=\"id\" value=\"(\\d+)\">\\s*<button type=\"submit\">Revoke")
            .matcher(invited);
    assertThat(open.find()).as(invited).isTrue();
    assertThat(browser.after(browser.form("/accounts/uninvite", "&id=" + open.group(1))))
        .contains("The invitation was revoked.");
    assertThat(browser.after(browser.form("/accounts/remove", "&id=" + id)))
        .contains("The account is being deleted.");
    assertThat(browser.after(browser.form("/accounts/remove", "&id=" + id)))
        .contains("there is no account " + id);
    assertThat(accounts()).noneMatch(one -> one.get("id").asLong() == id);
  }

  @Test
  void allMistakesOfARegistrationAreToldAtOnce() {
    assertThat(errors(rollcall.send("POST", "/register", "{}")))
        .containsExactly("Email: is missing", "Password: is missing");
    assertThat(errors(rollcall.send("POST", "/register", "{\"email\":\"x\",\"password\":\"y\"}")))
        .containsExactly(
            "Email: is no address: write it as in name@example.org",
            "Password: has fewer than 8 characters");
  }

  @Test
  void aKeyThatIsSpelledInAnotherWayIsNotLost() {
    assertThat(register("spelled", ",\"Setup-Code\":\"wrong\"").status()).isEqualTo(403);
    assertThat(register("spelled", ",\"setup_code\":\"wrong\"").status()).isEqualTo(403);
    String token = account("spelled");
    assertThat(
            errors(
                rollcall.send(
                    "POST",
                    "/v1/tokens",
                    "{\"name\":\"a\",\"scope\":[\"read\"]}",
                    "Authorization",
                    token)))
        .containsExactly("scope: unknown key: use name, scopes");
  }

  private static List<String> errors(Answer answer) {
    assertThat(answer.status()).isEqualTo(400);
    return answer.json().get("errors").valueStream().map(JsonNode::stringValue).toList();
  }
}
