package dev.rollcall.server.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.rollcall.server.page.Browsing.assertNothingForAxe;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.rollcall.server.RunningRollcall;
import dev.rollcall.server.RunningRollcall.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page of nodes and the chart of round trips, in a browser, of the built program that pings
/// this machine.
class NodesPageIT {
  /// Whose text reaches into the next cell.
  private static final String OVERLAPPING =
      "() => [...document.querySelectorAll('td, th')]"
          + ".filter(cell => cell.offsetParent && cell.scrollWidth > cell.clientWidth + 1)"
          + ".map(cell => cell.innerText)";

  @TempDir static Path folder;
  private static Browsing browsing;
  private static RunningRollcall rollcall;

  @BeforeAll
  static void start() throws IOException {
    browsing = new Browsing();
    rollcall =
        Plan.in(folder)
            .yaml(
                """
                services:
                  - {name: edge, url: "ping://127.0.0.1?count=3", interval: 1s, trace: true}
                """)
            .start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    rollcall.stop();
    browsing.close();
  }

  @AfterEach
  void forget() {
    browsing.forget();
  }

  private static void report(String name, int batches, long offset) {
    String report =
        """
        {"version":"0.1.0-SNAPSHOT-of-somebody","rate":1000,"packets_per_second":987.2,
        "spool_batches":%d,"spool_bytes":%d,"dropped":%d,"sent_at":"%s","clock_offset_ms":%d}
        """
            .formatted(batches, batches * 40_000L, batches * 100L, Instant.now(), offset);
    assertThat(rollcall.send("POST", "/v1/nodes/" + name, report).status()).isEqualTo(200);
  }

  private static Page open(String path, Browser.NewContextOptions options) {
    return browsing.open("http://127.0.0.1:" + rollcall.port() + path, options);
  }

  @Test
  void nodesAreReadableOnAWideScreenAndOnAPhone() throws IOException {
    report("fra1", 0, -3);
    report("ams1", 123_456, 93_000);
    report("a" + "-long-name".repeat(6), 7, -3_600_000);
    for (int width : new int[] {1_200, 920, 500, 360}) {
      Page page = open("/nodes", new Browser.NewContextOptions().setViewportSize(width, 800));
      assertThat(page.locator("tbody tr")).hasCount(3);
      assertThat(page.locator("tbody tr").last()).containsText("nothing");
      assertThat((List<?>) page.evaluate(OVERLAPPING)).as("width %d", width).isEmpty();
      assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
      assertNothingForAxe(page);
    }
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void theChartOfRoundTripsAndThePathAreThere() throws IOException {
    for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
      Page page = open("/services/1", new Browser.NewContextOptions().setColorScheme(scheme));
      page.waitForCondition(
          () -> {
            page.reload();
            return page.locator(".latency rect").count() > 0
                && page.getByText("127.0.0.1").count() > 1;
          });
      assertThat(page.locator(".latency path.mean"))
          .hasAttribute("d", Pattern.compile("M\\d+ [\\d.]+h1.*"));
      assertThat(page.locator(".latency rect title").last())
          .hasText(Pattern.compile(".* packets, 0 lost, median .*"));
      assertNothingForAxe(page);
      browsing.forget();
    }
    assertThat(browsing.complaints()).isEmpty();
  }
}
