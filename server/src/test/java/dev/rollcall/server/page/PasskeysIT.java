package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.rollcall.server.Browser.field;
import static dev.rollcall.server.page.Browsing.assertNothingForAxe;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.options.AriaRole;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Passkeys of the built program in a browser, whose authenticator is one of the DevTools protocol.
class PasskeysIT {
  private static final Pattern CREDENTIAL = Pattern.compile("(?:^|&)credential=([^&]*)");
  private static final String PASSWORD = "correct horse";

  @TempDir static Path folder;

  private static Browsing browsing;
  private static RunningRollcall rollcall;

  private final List<String> sent = new ArrayList<>();
  private Page page;
  private CDPSession devtools;
  private String authenticator;

  @BeforeAll
  static void start() {
    browsing = new Browsing();
    rollcall = Plan.in(folder).start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    rollcall.stop();
    browsing.close();
  }

  @BeforeEach
  void openPage() {
    browsing.forget();
    page = browsing.open(rollcall.url() + "account", new Browser.NewContextOptions());
    devtools = page.context().newCDPSession(page);
    devtools.send("WebAuthn.enable");
    JsonObject options = new JsonObject();
    options.addProperty("protocol", "ctap2");
    options.addProperty("transport", "internal");
    options.addProperty("hasResidentKey", true);
    options.addProperty("hasUserVerification", true);
    options.addProperty("isUserVerified", true);
    options.addProperty("automaticPresenceSimulation", true);
    JsonObject added = new JsonObject();
    added.add("options", options);
    authenticator =
        devtools
            .send("WebAuthn.addVirtualAuthenticator", added)
            .get("authenticatorId")
            .getAsString();
    page.onRequest(this::remember);
  }

  private void remember(Request request) {
    if (request.url().endsWith("/account/passkey")) {
      Matcher credential = CREDENTIAL.matcher(request.postData());
      assertThat(credential.find()).isTrue();
      sent.add(URLDecoder.decode(credential.group(1), StandardCharsets.UTF_8));
    }
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private Locator form(String action) {
    return page.locator("form[action='/account/" + action + "']");
  }

  private void register(String email) {
    form("register").locator("[name=email]").fill(email);
    form("register").locator("[name=password]").fill(PASSWORD);
    button("Register").click();
    assertThat(page.locator("h1")).hasText(email);
  }

  private void addPasskey(String name) {
    form("passkey/add").locator("[name=name]").fill(name);
    form("passkey/add").locator("[name=password]").fill(PASSWORD);
    button("Add a passkey").click();
  }

  private void signIn(String email) {
    form("login").locator("[name=email]").fill(email);
    form("login").locator("[name=password]").fill(PASSWORD);
    button("Sign in").first().click();
  }

  private void signOut() {
    button("Sign out").click();
    assertThat(page.locator("h1")).hasText("Sign in");
  }

  private JsonObject authenticator() {
    JsonObject which = new JsonObject();
    which.addProperty("authenticatorId", authenticator);
    return which;
  }

  private JsonObject credential() {
    return devtools
        .send("WebAuthn.getCredentials", authenticator())
        .getAsJsonArray("credentials")
        .get(0)
        .getAsJsonObject();
  }

  @Test
  void aPasskeySignsInWithoutAPasswordAndAfterIt() throws Exception {
    register("ann@example.org");
    assertThat(page.getByText("Passkeys need JavaScript")).isHidden();
    assertNothingForAxe(page);
    addPasskey("laptop");
    assertThat(page.getByText("These are your recovery codes.")).isVisible();
    assertThat(page.locator("li").filter(new Locator.FilterOptions().setHasText("laptop")))
        .isVisible();
    assertNothingForAxe(page);
    signOut();
    assertNothingForAxe(page);
    button("Sign in with a passkey").click();
    assertThat(page.locator("h1")).hasText("ann@example.org");
    signOut();
    signIn("ann@example.org");
    assertThat(page.locator("h1")).hasText("Second factor");
    assertNothingForAxe(page);
    button("Sign in with a passkey").click();
    assertThat(page.locator("h1")).hasText("ann@example.org");
    addPasskey("the same again");
    assertThat(page.getByText("This device has a passkey for this account already.")).isVisible();
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void anAnswerCountsOnceAndUnchanged() throws Exception {
    register("bob@example.org");
    addPasskey("phone");
    signOut();
    button("Sign in with a passkey").click();
    assertThat(page.locator("h1")).hasText("bob@example.org");
    String used = sent.getLast();
    assertThat(refused(used)).contains("used: try again");
    // Of another challenge, with a counter that goes on: only the signature is wrong.
    signOut();
    JsonObject fresh = shown(page, options());
    JsonObject response = fresh.getAsJsonObject("response");
    String signature = response.get("signature").getAsString();
    JsonObject old = JsonParser.parseString(used).getAsJsonObject();
    response.add("signature", old.getAsJsonObject("response").get("signature"));
    assertThat(refused(fresh.toString())).contains("not accepted: BadSignature");
    response.addProperty("signature", signature);
    response.addProperty("userHandle", "AAAA");
    assertThat(refused(fresh.toString())).contains("of another account");
  }

  @Test
  void aCounterThatGoesBackIsRefused() throws Exception {
    register("eve@example.org");
    addPasskey("key");
    JsonObject copy = credential();
    signOut();
    button("Sign in with a passkey").click();
    assertThat(page.locator("h1")).hasText("eve@example.org");
    assertThat(credential().get("signCount").getAsInt())
        .isGreaterThan(copy.get("signCount").getAsInt());
    signOut();
    devtools.send("WebAuthn.clearCredentials", authenticator());
    JsonObject added = authenticator();
    added.add("credential", copy);
    devtools.send("WebAuthn.addCredential", added);
    button("Sign in with a passkey").click();
    assertThat(page.getByRole(AriaRole.ALERT).first()).containsText("the number went back");
    assertThat(page.locator("h1")).hasText("Sign in");
  }

  @Test
  void aPageOfAnotherOriginGetsNobodyIn() throws Exception {
    register("mallory@example.org");
    addPasskey("key");
    signOut();
    String options = options();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1);
          exchange.getResponseBody().write('x');
          exchange.close();
        });
    other.start();
    try {
      // The same host, so the browser lets it use the passkey.
      page.navigate("http://localhost:" + other.getAddress().getPort() + "/");
      assertThat(refused(shown(page, options).toString())).contains("not accepted: BadOrigin");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void aPasskeyThatWasRemovedIsNotKnown() throws Exception {
    register("uma@example.org");
    addPasskey("key");
    assertThat(page.getByText("These are your recovery codes.")).isVisible();
    form("factor/remove").locator("[name=factor]").check();
    form("factor/remove").locator("[name=password]").fill(PASSWORD);
    button("Remove a factor").click();
    assertThat(page.getByText("It was removed.")).isVisible();
    addPasskey("another"); // so that there is one
    assertThat(page.getByText("These are your recovery codes.")).isVisible();
    signOut();
    String challenge = options();
    JsonObject shown = shown(page, challenge);
    shown.addProperty("id", "AAAA");
    shown.addProperty("rawId", "AAAA");
    assertThat(refused(shown.toString())).contains("not known here");
  }

  /// What the page gives to the browser to sign in.
  private String options() {
    return page.locator("[data-passkey=get]").getAttribute("data-options");
  }

  /// What the authenticator answers on a page.
  private static JsonObject shown(Page page, String options) {
    Object json =
        page.evaluate(
            "async options => JSON.stringify((await navigator.credentials.get({publicKey:"
                + " PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options))"
                + "})).toJSON())",
            options);
    return JsonParser.parseString((String) json).getAsJsonObject();
  }

  /// The page after a stranger has sent this.
  private static String refused(String credential) throws Exception {
    dev.rollcall.server.Browser stranger = new dev.rollcall.server.Browser(rollcall);
    String after =
        stranger.after(stranger.form("/account/passkey", field("credential", credential)));
    assertThat(after).contains("Register").doesNotContain("Sign out");
    return after;
  }
}
