package dev.rollcall.server.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A browser, and what it complains of. It is one process for all classes of a JVM, and ends with
/// it; what a class has open is closed with its [Browsing].
final class Browsing implements AutoCloseable {
  private static final double PATIENCE = 20_000;

  private final Browser browser = Chromium.BROWSER;
  private final List<String> complaints = new ArrayList<>();

  /// Started when first needed.
  private static final class Chromium {
    static final Browser BROWSER = start();

    private static Browser start() {
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
      PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
      return playwright
          .chromium()
          .launch(
              new BrowserType.LaunchOptions()
                  .setExecutablePath(chromium())
                  .setArgs(
                      List.of(
                          "--no-sandbox",
                          // A place that is not secure to a browser, as localhost is.
                          "--host-resolver-rules=MAP rollcall.example 127.0.0.1",
                          "--disable-gpu",
                          "--disable-quic",
                          "--no-first-run",
                          "--disable-background-networking",
                          "--disable-component-update",
                          "--disable-sync")));
    }
  }

  /// Opens a page, and listens to what the browser complains of from then on: console errors (where
  /// a violated content policy shows, too), exceptions, and requests to another host.
  Page open(String url, Browser.NewContextOptions options) {
    BrowserContext context = browser.newContext(options);
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.onDialog(
        dialog -> {
          complaints.add("dialog: " + dialog.message());
          dialog.dismiss();
        });
    URI own = URI.create(url);
    page.onRequest(
        request -> {
          if (!Objects.equals(URI.create(request.url()).getAuthority(), own.getAuthority())) {
            complaints.add("request to " + request.url());
          }
        });
    page.navigate(url);
    return page;
  }

  /// What it has complained of since the last [#forget].
  List<String> complaints() {
    return complaints;
  }

  /// Closes all pages.
  void forget() {
    List.copyOf(browser.contexts()).forEach(BrowserContext::close);
    complaints.clear();
  }

  static void assertNothingForAxe(Page page) throws IOException {
    page.evaluate(axe());
    Object violations =
        page.evaluate(
            "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.help + ' '"
                + " + v.nodes.map(n => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | '))");
    assertThat((List<?>) violations).isEmpty();
  }

  private static String axe() throws IOException {
    String name = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (InputStream script = Browsing.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(script, name).readAllBytes(), UTF_8);
    }
  }

  private static Path chromium() {
    return Arrays.stream(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, "chromium-headless-shell"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "chromium-headless-shell is not on the PATH: ./verify installs it"));
  }

  @Override
  public void close() {
    forget();
  }
}
