package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first page, in a browser, of the built program that asks a real server.
class ServicesPageIT {
  private static final double PATIENCE = 20_000;
  private static final Pattern DOWN = Pattern.compile("\\bdown\\b");
  private static final Pattern UP = Pattern.compile("\\bup\\b");

  /// Two hops, one of which is on no open network, and no target.
  private static final String RESULTS =
      """
      [{"ip": "8.8.8.8", "sent": 1, "received": 1, "timestamp": "2026-01-07T22:30:00Z"},
       {"ip": "8.8.4.4", "sent": 1, "received": 0, "timestamp": "2026-01-07T22:30:00Z",
        "traceroute": {"method": "icmp", "completed": false, "hops": [
          {"ttl": 1, "ip": "10.0.0.1", "rtt": 1000000},
          {"ttl": 2, "ip": "4.4.4.4", "rtt": 2000000},
          {"ttl": 3, "timeout": true}]}}]
      """;

  private static Playwright playwright;
  private static Browser browser;

  @TempDir Path folder;

  /// The paths of services that are down.
  private final Set<String> failing = ConcurrentHashMap.newKeySet();

  private final List<String> complaints = new ArrayList<>();
  private HttpServer target;
  private RunningRollcall rollcall;

  @BeforeAll
  static void openBrowser() {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
  }

  @AfterAll
  static void closeBrowser() {
    playwright.close();
  }

  @BeforeEach
  void openTarget() throws IOException {
    rollcall = new RunningRollcall(folder);
    target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.createContext(
        "/",
        exchange -> {
          boolean fails = failing.contains(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(fails ? 503 : 200, -1);
          exchange.close();
        });
    target.start();
  }

  @AfterEach
  void closeTarget() {
    rollcall.close();
    target.stop(0);
  }

  @Test
  void anOutageShowsAndEndsWithoutAReload() throws IOException {
    rollcall.start(shop());
    Page page = open(new Browser.NewContextOptions());
    Locator row = page.locator("tbody tr").filter(named("Shop"));
    assertThat(row).hasClass(UP);
    assertThat(page.locator("h1")).hasText("All 2 services up");
    assertThat(page.locator("#connection")).hasText("live, updated");
    page.evaluate("window.sameDocument = true");
    row.locator("a").focus();
    failing.add("/Shop");
    assertThat(row).hasClass(DOWN);
    assertThat(row).containsText("status 503");
    assertThat(page.locator("tbody tr").first()).containsText("Shop");
    assertThat(page).hasTitle("1 down - Rollcall");
    assertThat(page.locator("#icon")).hasAttribute("href", Pattern.compile("down\\.svg"));
    assertThat(page.locator("#spoken")).hasText("1 of 2 services down");
    assertThat(row.locator("a")).isFocused();
    failing.clear();
    assertThat(row).hasClass(UP);
    assertThat(page).hasTitle("all up - Rollcall");
    assertThat(row.locator("a")).isFocused();
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
    assertThat(complaints).isEmpty();
  }

  @Test
  void anEmptyProductExplainsItselfAndShowsTheFirstServiceByItself() throws IOException {
    rollcall.start("");
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("pre")).containsText("services:");
    assertThat(page.locator("search")).isHidden();
    assertNothingForAxe(page);
    rollcall.configure(shop());
    assertThat(page.locator("tbody tr").filter(named("Shop"))).hasClass(UP);
    assertThat(page.locator("search")).isVisible();
    assertThat(complaints).isEmpty();
  }

  @Test
  void aServiceCalledLikeAScriptIsOnlyCalledThat() throws IOException {
    rollcall.start(services("<script>alert(1)</script>", "<img src=x onerror=alert(1)>"));
    Page page = open(new Browser.NewContextOptions());
    page.onDialog(dialog -> complaints.add("dialog: " + dialog.message()));
    assertThat(page.locator("tbody tr.up .name"))
        .hasText(new String[] {"<img src=x onerror=alert(1)>", "<script>alert(1)</script>"});
    assertThat(complaints).isEmpty();
  }

  @Test
  void aPhoneShowsEverythingWithoutScrollingSideways() throws IOException {
    rollcall.start(services("Shop", "A".repeat(120)));
    Page page = open(new Browser.NewContextOptions().setViewportSize(360, 740).setHasTouch(true));
    assertThat(page.locator("tbody tr.up")).hasCount(2);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
    assertThat(page.locator("tbody tr svg").first()).isVisible();
    assertNothingForAxe(page);
    assertThat(complaints).isEmpty();
  }

  @Test
  void theKeyboardAloneReachesSearchFiltersAndLinks() throws IOException {
    rollcall.start(shop());
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("tbody tr.up")).hasCount(2);
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      page.keyboard().press("Tab");
      reached.add(
          (String)
              page.evaluate(
                  "document.activeElement.id || document.activeElement.textContent.trim()"));
    }
    assertThat(reached)
        .startsWith("Skip to the services", "Rollcall", "All 2", "Down 0", "Up 2", "Unknown 0")
        .containsSequence("New 0", "q", "Search")
        .endsWith(link("/Mail"), link("/Shop"));
    page.locator("#q").focus();
    page.keyboard().type("sho");
    page.keyboard().press("Enter");
    assertThat(page).hasURL(rollcall.url() + "?q=sho");
    assertThat(page.locator("tbody .name")).hasText(new String[] {"Shop"});
    assertThat(complaints).isEmpty();
  }

  @Test
  void darkFollowsTheSystem() throws IOException {
    rollcall.start(shop());
    failing.addAll(List.of("/Shop", "/Mail"));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = open(new Browser.NewContextOptions().setColorScheme(scheme));
      assertThat(page.locator("tbody tr.down")).hasCount(2);
      String ground = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
      assertThat(ground)
          .isEqualTo(scheme == ColorScheme.DARK ? "rgb(18, 20, 23)" : "rgb(245, 245, 242)");
      assertNothingForAxe(page);
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void searchAndFiltersWorkWithoutJavaScript() throws IOException {
    rollcall.start(shop());
    assertThat(open(new Browser.NewContextOptions()).locator("tbody tr.up")).hasCount(2);
    Page page = open(new Browser.NewContextOptions().setJavaScriptEnabled(false));
    page.locator("#q").fill("mail");
    page.locator("button").click();
    assertThat(page.locator("tbody .name")).hasText(new String[] {"Mail"});
    page.locator(".filters .down").click();
    assertThat(page).hasURL(rollcall.url() + "?q=mail&state=down");
    assertThat(page.locator(".note")).containsText("No service that is down has mail");
    assertThat(complaints).isEmpty();
  }

  @Test
  void aLostConnectionIsSaidAndFoundAgain() throws IOException {
    rollcall.start(shop());
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("#connection")).hasText("live, updated");
    rollcall.close();
    assertThat(page.locator("#connection")).hasText("not connected, trying again, last at");
    failing.addAll(List.of("/Shop", "/Mail"));
    rollcall.startAgain();
    assertThat(page.locator("#connection")).hasText("live, updated");
    assertThat(page).hasTitle("2 down - Rollcall");
  }

  @Test
  void resultsOfNodesShowWithoutAReload() throws IOException, InterruptedException {
    rollcall.start(shop());
    Page page = open(new Browser.NewContextOptions().setViewportSize(360, 740));
    assertThat(page.locator("tbody tr.up")).hasCount(2);
    assertThat(page.locator(".network")).hasCount(0);
    HttpRequest results =
        HttpRequest.newBuilder(URI.create(rollcall.url()).resolve("/results"))
            .POST(HttpRequest.BodyPublishers.ofString(RESULTS))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(results, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    Locator network = page.locator(".network div");
    assertThat(network)
        .hasText(
            new Pattern[] {
              Pattern.compile("Results a second\\s*0\\.2"),
              Pattern.compile("Targets\\s*1"),
              Pattern.compile("Hops found\\s*2"),
              Pattern.compile(
                  "results_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d\\.db\\s*[01]\\.\\d MiB")
            });
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
    assertNothingForAxe(page);
    assertThat(network.first()).hasText(Pattern.compile("Results a second\\s*0"));
    assertThat(complaints).isEmpty();
  }

  private String shop() {
    return services("Shop", "Mail");
  }

  private String services(String... names) {
    StringBuilder yaml = new StringBuilder("services:\n");
    for (String name : names) {
      String path = name.replaceAll("[^A-Za-z]", "");
      yaml.append(
          "  - {name: \"%s\", url: \"%s\", interval: 1s}\n".formatted(name, link("/" + path)));
    }
    return yaml.toString();
  }

  private String link(String path) {
    return "http://127.0.0.1:" + target.getAddress().getPort() + path;
  }

  private static Locator.FilterOptions named(String name) {
    return new Locator.FilterOptions().setHasText(name);
  }

  /// Opens the page, and listens to what the browser complains of from then on: console errors
  /// (where a violated content policy shows, too), exceptions, and requests to another host.
  private Page open(Browser.NewContextOptions options) {
    BrowserContext context = browser.newContext(options);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    URI own = URI.create(rollcall.url());
    page.onRequest(
        request -> {
          if (!Objects.equals(URI.create(request.url()).getAuthority(), own.getAuthority())) {
            complaints.add("request to " + request.url());
          }
        });
    page.navigate(rollcall.url());
    return page;
  }

  private static void assertNothingForAxe(Page page) throws IOException {
    page.evaluate(axe());
    Object violations =
        page.evaluate(
            "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.help + ' '"
                + " + v.nodes.map(n => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | '))");
    assertThat((List<?>) violations).isEmpty();
  }

  private static String axe() throws IOException {
    String name = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (InputStream script = ServicesPageIT.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(script, name).readAllBytes(), UTF_8);
    }
  }

  private static Path chromium() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, "chromium"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("chromium is not on the PATH: ./verify installs it"));
  }
}
