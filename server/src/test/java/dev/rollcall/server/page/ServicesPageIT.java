package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.rollcall.server.page.Browsing.assertNothingForAxe;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private static final Pattern DOWN = Pattern.compile("\\bdown\\b");
  private static final Pattern UP = Pattern.compile("\\bup\\b");

  private static Browsing browsing;

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

  /// The paths of services that are down.
  private static final Set<String> FAILING = ConcurrentHashMap.newKeySet();

  @TempDir static Path shopFolder;
  private static HttpServer target;

  /// Asks the shop and its mail: for tests that change nothing else.
  private static RunningRollcall shop;

  @TempDir Path folder;
  private Optional<RunningRollcall> own = Optional.empty();

  @BeforeAll
  static void start() throws IOException {
    browsing = new Browsing();
    target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    target.createContext(
        "/",
        exchange -> {
          boolean fails = FAILING.contains(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(fails ? 503 : 200, -1);
          exchange.close();
        });
    target.start();
    shop = Plan.in(shopFolder).yaml(services("Shop", "Mail")).start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    shop.stop();
    target.stop(0);
    browsing.close();
  }

  @BeforeEach
  void beginUp() {
    browsing.forget();
    FAILING.clear();
  }

  @AfterEach
  void stopOwn() throws InterruptedException {
    if (own.isPresent()) {
      own.get().stop();
    }
  }

  @Test
  void anOutageShowsAndEndsWithoutAReload() throws IOException {
    Page page = open(new Browser.NewContextOptions());
    Locator row = page.locator("tbody tr").filter(named("Shop"));
    assertThat(row).hasClass(UP);
    assertThat(page.locator("h1")).hasText("All 2 services up");
    assertThat(page.locator("#connection")).hasText("live, updated");
    page.evaluate("window.sameDocument = true");
    row.locator("a.url").focus();
    FAILING.add("/Shop");
    assertThat(row).hasClass(DOWN);
    assertThat(row).containsText("status 503");
    assertThat(page.locator("tbody tr").first()).containsText("Shop");
    assertThat(page).hasTitle("1 down - Rollcall");
    assertThat(page.locator("#icon")).hasAttribute("href", Pattern.compile("down\\.svg"));
    assertThat(page.locator("#spoken")).hasText("1 of 2 services down");
    assertThat(row.locator("a.url")).isFocused();
    FAILING.clear();
    assertThat(row).hasClass(UP);
    assertThat(page).hasTitle("all up - Rollcall");
    assertThat(row.locator("a.url")).isFocused();
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void anEmptyProductExplainsItselfAndShowsTheFirstServiceByItself() throws IOException {
    start("");
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("pre")).containsText("services:");
    assertThat(page.locator("search")).isHidden();
    assertNothingForAxe(page);
    rollcall().configure(services("Shop", "Mail"));
    assertThat(page.locator("tbody tr").filter(named("Shop"))).hasClass(UP);
    assertThat(page.locator("search")).isVisible();
    assertThat(browsing.complaints()).isEmpty();
  }

  /// A service may be called like a script, and is only called that.
  @Test
  void aPhoneShowsWhateverServicesAreCalledWithoutScrollingSideways() throws IOException {
    String[] names = {"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "A".repeat(120)};
    start(services(names));
    Page page = open(new Browser.NewContextOptions().setViewportSize(360, 740).setHasTouch(true));
    assertThat(page.locator("tbody tr.up")).hasCount(3);
    assertThat(page.locator("tbody tr.up .name")).hasText(names);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
    assertThat(page.locator("tbody tr svg").first()).isVisible();
    assertNothingForAxe(page);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void theKeyboardAloneReachesSearchFiltersAndLinks() throws IOException {
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("tbody tr.up")).hasCount(2);
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 19; i++) {
      page.keyboard().press("Tab");
      reached.add(
          (String)
              page.evaluate(
                  "document.activeElement.id || document.activeElement.textContent.trim()"));
    }
    assertThat(reached)
        .startsWith(
            "Skip to the services",
            "Rollcall",
            "Services",
            "Heartbeats",
            "Incidents",
            "Maintenance",
            "Channels",
            "Account",
            "All 2",
            "Down 0",
            "Up 2",
            "Unknown 0")
        .containsSequence("New 0", "q", "Search")
        .endsWith("Mail", link("/Mail"), "Shop", link("/Shop"));
    page.locator("#q").focus();
    page.keyboard().type("sho");
    page.keyboard().press("Enter");
    assertThat(page).hasURL(rollcall().url() + "?q=sho");
    assertThat(page.locator("tbody .name")).hasText(new String[] {"Shop"});
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void darkFollowsTheSystem() throws IOException {
    FAILING.addAll(List.of("/Shop", "/Mail"));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page page = open(new Browser.NewContextOptions().setColorScheme(scheme));
      assertThat(page.locator("tbody tr.down")).hasCount(2);
      String ground = (String) page.evaluate("getComputedStyle(document.body).backgroundColor");
      assertThat(ground)
          .isEqualTo(scheme == ColorScheme.DARK ? "rgb(18, 20, 23)" : "rgb(245, 245, 242)");
      assertNothingForAxe(page);
    }
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void searchAndFiltersWorkWithoutJavaScript() throws IOException {
    assertThat(open(new Browser.NewContextOptions()).locator("tbody tr.up")).hasCount(2);
    Page page = open(new Browser.NewContextOptions().setJavaScriptEnabled(false));
    page.locator("#q").fill("mail");
    page.locator("button").click();
    assertThat(page.locator("tbody .name")).hasText(new String[] {"Mail"});
    page.locator(".filters .down").click();
    assertThat(page).hasURL(rollcall().url() + "?q=mail&state=down");
    assertThat(page.locator(".note")).containsText("No service that is down has mail");
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void aLostConnectionIsSaidAndFoundAgain() throws Exception {
    start(services("Shop", "Mail"));
    Page page = open(new Browser.NewContextOptions());
    assertThat(page.locator("#connection")).hasText("live, updated");
    rollcall().stop();
    assertThat(page.locator("#connection")).hasText("not connected, trying again, last at");
    FAILING.addAll(List.of("/Shop", "/Mail"));
    RunningRollcall before = rollcall();
    own =
        Optional.of(before.plan().onlyFlags("--port=" + before.port(), "--health-port=0").start());
    assertThat(page.locator("#connection")).hasText("live, updated");
    assertThat(page).hasTitle("2 down - Rollcall");
  }

  @Test
  void resultsOfNodesShowWithoutAReload() throws IOException, InterruptedException {
    start(services("Shop", "Mail"));
    Page page = open(new Browser.NewContextOptions().setViewportSize(360, 740));
    assertThat(page.locator("tbody tr.up")).hasCount(2);
    assertThat(page.locator(".network")).hasCount(0);
    HttpRequest results =
        HttpRequest.newBuilder(URI.create(rollcall().url()).resolve("/results"))
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
              Pattern.compile("Results per second\\s*0\\.2"),
              Pattern.compile("Targets\\s*1"),
              Pattern.compile("Hops found\\s*2"),
              Pattern.compile(
                  "results_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d\\.db\\s*[01]\\.\\d MiB")
            });
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
    assertNothingForAxe(page);
    assertThat(network.first()).hasText(Pattern.compile("Results per second\\s*0"));
    assertThat(browsing.complaints()).isEmpty();
  }

  private void start(String yaml) {
    own = Optional.of(Plan.in(folder).yaml(yaml).start());
  }

  /// The one of the test, or the one that tests share.
  private RunningRollcall rollcall() {
    return own.orElse(shop);
  }

  private static String services(String... names) {
    StringBuilder yaml = new StringBuilder("services:\n");
    for (String name : names) {
      String path = name.replaceAll("[^A-Za-z]", "");
      yaml.append(
          "  - {name: \"%s\", url: \"%s\", interval: 1s}\n".formatted(name, link("/" + path)));
    }
    return yaml.toString();
  }

  private static String link(String path) {
    return "http://127.0.0.1:" + target.getAddress().getPort() + path;
  }

  private static Locator.FilterOptions named(String name) {
    return new Locator.FilterOptions().setHasText(name);
  }

  private Page open(Browser.NewContextOptions options) {
    return browsing.open(rollcall().url(), options);
  }
}
