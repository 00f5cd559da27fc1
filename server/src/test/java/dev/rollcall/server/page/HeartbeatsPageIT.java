package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.rollcall.server.page.Browsing.assertNothingForAxe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The pages of the heartbeats, in a browser, of the built program that jobs call.
class HeartbeatsPageIT {
  private static final Pattern DOWN = Pattern.compile("\\bdown\\b");
  private static final Pattern UP = Pattern.compile("\\bup\\b");
  private static final HttpClient JOBS =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Browsing browsing;

  @TempDir static Path folder;
  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() {
    browsing = new Browsing();
    rollcall = Plan.in(folder).yaml("heartbeat: {startup-grace: 0s}\n").start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    rollcall.stop();
    browsing.close();
  }

  @BeforeEach
  void beginWithoutHeartbeats() {
    browsing.forget();
    rollcall.removeHeartbeats();
    // a page that was read within the last second is shown again
    await().until(() -> !rollcall.page("/heartbeats").contains("class=\"name\""));
  }

  @Test
  void aNewcomerFindsLinesToCopyAndTheFirstHeartbeatByItself() throws Exception {
    Page page = open("heartbeats", new Browser.NewContextOptions());
    assertThat(page.locator("h1")).hasText("No heartbeats yet");
    String ping = rollcall.url() + "ping?name=backup&frequency=1D&grace=1h";
    assertThat(page.locator("pre")).hasCount(3);
    List<String> lines = page.locator("pre").allTextContents();
    assertThat(lines)
        .allSatisfy(line -> assertThat(line).contains("'" + ping + "'"))
        .anySatisfy(line -> assertThat(line).startsWith("0 3 * * * "))
        .anySatisfy(
            line -> assertThat(line).startsWith("Type=oneshot\nExecStartPost=/usr/bin/curl "));
    assertThat(page.getByText("No alerts are sent")).isVisible();
    assertNothingForAxe(page);
    page.evaluate("window.sameDocument = true");
    call("ping?name=backup&frequency=1D", "");
    assertThat(page.locator("tbody tr .name")).hasText("backup");
    assertThat(page.locator("h1")).hasText("1 heartbeat on time");
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void linesAreCopiedOverPlainHttpAsOnTheMachineItself() {
    for (String origin :
        List.of(rollcall.url(), rollcall.url().replace("localhost", "rollcall.example"))) {
      Page page = browsing.open(origin + "heartbeats", new Browser.NewContextOptions());
      assertThat(page.evaluate("isSecureContext")).isEqualTo(origin.contains("localhost"));
      Locator button = page.locator("button.copying").first();
      page.context().grantPermissions(List.of("clipboard-write"));
      button.click();
      assertThat(button).hasText("Copied");
      assertThat(button).isFocused();
      page.evaluate("document.querySelector('main').prepend(document.createElement('textarea'))");
      page.locator("textarea").focus();
      page.keyboard().press("Control+V");
      assertThat(page.locator("textarea"))
          .hasValue(
              "curl -fsS -m 10 --retry 5 --retry-all-errors -o /dev/null '"
                  + origin
                  + "ping?name=backup&frequency=1D&grace=1h'");
      assertThat(browsing.complaints()).isEmpty();
      browsing.forget();
    }
  }

  @Test
  void aPageThatIsNotThereIsAPageWithAWayBack() throws IOException {
    for (String path :
        List.of("nothing/%3Cscript%3Ealert(1)", "heartbeat?name=nobody", "heartbeat", "?page=x")) {
      Page page = browsing.open(rollcall.url() + path, new Browser.NewContextOptions());
      assertThat(page.locator("h1"))
          .hasText(Pattern.compile("^(This page does not exist|This address)"));
      assertThat(page.locator("main p")).not().hasCount(1);
      if (path.startsWith("nothing")) {
        assertNothingForAxe(page);
      }
      page.getByText("Show the services").click();
      assertThat(page.locator("h1")).hasText("No services yet");
      // The browser tells of the status.
      assertThat(browsing.complaints())
          .allSatisfy(complaint -> assertThat(complaint).contains("Failed to load resource"));
      browsing.forget();
    }
  }

  @Test
  void aJobThatFallsSilentIsShownFirstAndBackWithoutAReload() throws Exception {
    call("ping?name=steady&frequency=1D", "");
    call("ping?name=silent&frequency=2s", "");
    Page page = open("heartbeats", new Browser.NewContextOptions());
    Locator row = page.locator("tbody tr").filter(named("silent"));
    page.evaluate("window.sameDocument = true");
    row.locator("a").focus();
    assertThat(row).hasClass(DOWN);
    assertThat(page.locator("tbody tr").first()).containsText("silent");
    assertThat(row).containsText("Late");
    assertThat(row).containsText("ago");
    assertThat(page).hasTitle("1 late - Rollcall");
    assertThat(page.locator("#spoken")).hasText("1 late of 2 heartbeats");
    assertThat(row.locator("a")).isFocused();
    call("ping?name=silent&frequency=1D", "");
    assertThat(row).hasClass(UP);
    assertThat(page).hasTitle("all on time - Rollcall");
    assertThat(page.evaluate("window.sameDocument")).isEqualTo(true);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void aHeartbeatShowsItsRunsAndOutputsAsTheyCome() throws Exception {
    String name = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    call("ping?name=" + name + "&frequency=1D", "</pre><img src=x onerror=alert(2)>");
    Page page = open("heartbeats", new Browser.NewContextOptions());
    page.locator("tbody tr a.name").click();
    assertThat(page.locator("h1")).containsText("<script>alert(1)</script>");
    assertThat(page.locator("#connection")).hasText("live, updated");
    page.locator("details").click();
    assertThat(page.locator("details pre")).hasText("</pre><img src=x onerror=alert(2)>");
    call("ping/" + name + "/3", "disk full");
    assertThat(page.locator("tbody tr")).hasCount(2);
    assertThat(page.locator("tbody tr").first()).containsText("exit code 3");
    assertThat(page.locator("h1")).containsText("Failed");
    // What was open stays open.
    assertThat(page.locator("details[open] pre")).hasText("</pre><img src=x onerror=alert(2)>");
    assertThat(page.locator("pre.copy").first())
        .containsText("ping?name=" + name.replace("(", "%28").replace(")", "%29"));
    assertNothingForAxe(page);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void aPhoneAndTheDarkShowEverything() throws Exception {
    call("ping?name=" + "A".repeat(200) + "&frequency=1s", "output ".repeat(1_000));
    call("ping?name=job&frequency=1D", "");
    for (String path : List.of("heartbeats", "heartbeat?name=" + "A".repeat(200))) {
      for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        Page page =
            open(
                path,
                new Browser.NewContextOptions()
                    .setViewportSize(360, 740)
                    .setHasTouch(true)
                    .setColorScheme(scheme));
        assertThat(page.locator("tbody tr .badge").first()).isVisible();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertNothingForAxe(page);
      }
    }
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void filtersWorkWithoutJavaScript() throws Exception {
    call("ping?name=job&frequency=1D", "");
    call("ping/job/fail", "");
    call("ping?name=other&frequency=1D", "");
    Page page = open("heartbeats", new Browser.NewContextOptions().setJavaScriptEnabled(false));
    // a page that was read within the last second is shown again
    await()
        .until(
            () -> {
              page.reload();
              return page.locator("tbody .name").count() == 2;
            });
    assertThat(page.locator("tbody .name")).hasText(new String[] {"job", "other"});
    page.locator(".filters a", new Page.LocatorOptions().setHasText("Failed")).click();
    assertThat(page).hasURL(rollcall.url() + "heartbeats?state=failed");
    assertThat(page.locator("tbody .name")).hasText(new String[] {"job"});
    page.locator(".filters a", new Page.LocatorOptions().setHasText("Paused")).click();
    assertThat(page.locator("#list .note")).containsText("No heartbeat is paused");
    assertThat(browsing.complaints()).isEmpty();
  }

  private Page open(String path, Browser.NewContextOptions options) {
    return browsing.open(rollcall.url() + path, options);
  }

  private static Locator.FilterOptions named(String name) {
    return new Locator.FilterOptions().setHasText(name);
  }

  private void call(String path, String output) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        JOBS.send(
            HttpRequest.newBuilder(URI.create(rollcall.url() + path))
                .POST(BodyPublishers.ofString(output))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
