package dev.rollcall.server.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.monitor.overview.Overview.Observed;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.overview.Overview.Share;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.overview.Overview.Totals;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Sites;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import gg.jte.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// The page of services as HTML.
class ServicePagesTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final ServicesFilter ALL =
      new ServicesFilter(Whose.OPERATOR, "", Optional.empty(), 1);

  private static final Content NO_SUMMARY = output -> {};

  private final Site site = Sites.below("");

  @Test
  void whatServicesAreCalledIsNeverInterpreted() {
    Row row =
        row(
            1,
            "<script>alert(1)</script>",
            "https://a.test/?a=\"><b>&c=1",
            Standing.DOWN,
            "<i>'\"");
    String html =
        page(look(new ServicesFilter(Whose.OPERATOR, "\"><script>", Optional.empty(), 1), row), "");
    assertThat(html)
        .doesNotContain("<script>", "a=\">", "<i>'")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .contains("value=\"&#34;>&lt;script>\"")
        .contains("href=\"https://a.test/?a=&#34;>&lt;b>&amp;c=1\"")
        .containsOnlyOnce("<script ");
  }

  @Test
  void onlyWebAddressesAreLinks() {
    assertThat(row("https://a.test/"))
        .contains("<a class=\"url\" href=\"https://a.test/\" rel=\"noreferrer noopener\">");
    assertThat(row("http://a.test/")).contains("<a class=\"url\"");
    assertThat(row("tcp://a.test:5432"))
        .doesNotContain("<a class=\"url\"")
        .contains("tcp://a.test:5432");
    assertThat(row("javascript:alert(1)")).doesNotContain("<a class=\"url\"");
  }

  @Test
  void aRowSaysStateReasonSinceUptimeResponseAndObservations() {
    String html = row(row(7, "Shop", "https://a.test/", Standing.DOWN, "refused"));
    assertThat(html)
        .contains("id=\"s7\" class=\"down\"")
        .contains("Down</span>", "refused</span>")
        .contains(
            "<time datetime=\"2026-11-20T11:55:48Z\" title=\"2026-11-20 11:55:48 UTC\" data-since>4"
                + " min 12 s</time>")
        .contains("99.95 %", "part of this time is unknown")
        .contains("34 ms")
        .contains("aria-label=\"1 of the last 2 up\"")
        .contains("<title>2026-11-20 11:59:00 UTC: down, refused</title>");
  }

  @Test
  void theTitleSaysWhatIsWrong() {
    assertThat(titled(Map.of(Standing.DOWN, 2, Standing.UP, 8))).isEqualTo("2 down - Rollcall");
    assertThat(titled(Map.of(Standing.UNKNOWN, 1, Standing.UP, 8)))
        .isEqualTo("1 unknown - Rollcall");
    assertThat(titled(Map.of(Standing.UP, 8, Standing.NEW, 1))).isEqualTo("all up - Rollcall");
    assertThat(titled(Map.of(Standing.NEW, 1))).isEqualTo("not checked yet - Rollcall");
    assertThat(titled(Map.of())).isEqualTo("no services yet - Rollcall");
  }

  @Test
  void filtersKeepTheSearchAndPagesKeepBoth() {
    ServicesFilter filter =
        new ServicesFilter(Whose.OPERATOR, "a b&c", Optional.of(Standing.UP), 2);
    Totals totals = new Totals(Map.of(Standing.UP, 250));
    ServicesView view =
        new ServicesView(
            filter, NOW, totals, totals, List.of(row(1, "a", "b", Standing.UP, "")), NO_SUMMARY);
    assertThat(page(view, "seen"))
        .contains("href=\"/?q=a+b%26c&amp;state=down\"")
        .contains("class=\"up\" href=\"/?q=a+b%26c&amp;state=up\" aria-current=\"true\"")
        .contains("rel=\"prev\" href=\"/?q=a+b%26c&amp;state=up\"")
        .contains("rel=\"next\" href=\"/?q=a+b%26c&amp;state=up&amp;page=3\"")
        .contains("data-live=\"/live?q=a+b%26c&amp;state=up&amp;page=2&amp;seen=seen\"");
  }

  @Test
  void aBarIsToldInASentence() {
    Observed up = seen(Standing.UP, "");
    Observed down = seen(Standing.DOWN, "connection refused");
    Observed unknown = seen(Standing.UNKNOWN, "no network");
    assertThat(ServiceWords.bar(Texts.ENGLISH, List.of())).isEqualTo("not checked yet");
    assertThat(ServiceWords.bar(Texts.ENGLISH, List.of(up, down, up)))
        .isEqualTo("2 of the last 3 up");
    assertThat(ServiceWords.bar(Texts.ENGLISH, List.of(up, unknown)))
        .isEqualTo("1 of the last 2 up, 1 unknown");
    assertThat(ServiceWords.observed(Texts.ENGLISH, up)).isEqualTo("2026-11-20 12:03:04 UTC: up");
    assertThat(ServiceWords.observed(Texts.ENGLISH, down))
        .isEqualTo("2026-11-20 12:03:04 UTC: down, connection refused");
    Observed more =
        new Observed(down.at(), down.at().plusSeconds(30), 3, Standing.DOWN, down.reason());
    assertThat(ServiceWords.bar(Texts.ENGLISH, List.of(up, more))).isEqualTo("1 of the last 4 up");
    assertThat(ServiceWords.observed(Texts.ENGLISH, more))
        .isEqualTo("2026-11-20 12:03:04 UTC to 2026-11-20 12:03:34 UTC: down, connection refused");
  }

  private static Observed seen(Standing standing, String reason) {
    Instant at = Instant.parse("2026-11-20T12:03:04.567Z");
    return new Observed(
        at, at, 1, standing, reason.isEmpty() ? Optional.empty() : Optional.of(reason));
  }

  private String titled(Map<Standing, Integer> counts) {
    Totals totals = new Totals(counts);
    String html = page(new ServicesView(ALL, NOW, totals, totals, List.of(), NO_SUMMARY), "");
    return html.substring(html.indexOf("<title>") + 7, html.indexOf("</title>"));
  }

  private String row(String url) {
    return row(row(1, "name", url, Standing.UP, ""));
  }

  private String row(Row row) {
    return new ServicesLiveView(look(ALL, row), site).row(0);
  }

  private String page(ServicesView view, String seen) {
    return new ServicesLiveView(view, site).page(seen);
  }

  private static ServicesView look(ServicesFilter filter, Row... rows) {
    Totals totals = new Totals(Map.of(Standing.UP, rows.length));
    return new ServicesView(filter, NOW, totals, totals, List.of(rows), NO_SUMMARY);
  }

  private static Row row(long id, String name, String url, Standing standing, String reason) {
    Optional<String> why = reason.isEmpty() ? Optional.empty() : Optional.of(reason);
    return new Row(
        id,
        name,
        url,
        standing,
        Optional.of(NOW.minus(Duration.ofSeconds(252))),
        why,
        Optional.of(Duration.ofMillis(34)),
        new Share(OptionalDouble.of(99.958), true),
        new Share(OptionalDouble.of(100), false),
        List.of(observed(120, Standing.UP, Optional.empty()), observed(60, standing, why)));
  }

  private static Observed observed(int secondsAgo, Standing standing, Optional<String> reason) {
    Instant at = NOW.minusSeconds(secondsAgo);
    return new Observed(at, at, 1, standing, reason);
  }
}
