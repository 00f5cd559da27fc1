package dev.rollcall.server.heartbeat.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Moments;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Outcome;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Ran;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Rhythm;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview.Row;
import dev.rollcall.server.heartbeat.ping.State;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Sites;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The pages of heartbeats as HTML.
class HeartbeatPagesTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Rhythm DAILY = new Rhythm("1D", "", "", "0s");
  private static final HeartbeatsFilter ALL =
      new HeartbeatsFilter(Whose.OPERATOR, Optional.empty(), 1);
  private static final String ORIGIN = "http://localhost:8080";

  private final Site site = Sites.below("");
  private final Texts texts = site.texts();

  @Test
  void whatAJobSaysIsNeverInterpreted() {
    Row heartbeat =
        row(
            "</title><script>alert(1)</script>",
            State.FAILED,
            new Rhythm("", "0 3 * * *", "\"><b>", "5m"),
            run(7, Outcome.FAILED, 1_000, "</pre><script>alert(2)</script>", "\"><i>"));
    String list = page(look(ALL, Map.of(State.FAILED, 1L), heartbeat), "");
    String alone = new HeartbeatLiveView(Whose.OPERATOR, heartbeat, ORIGIN, NOW, site).page("");
    assertThat(list).containsOnlyOnce("<script ").doesNotContain("<script>", "<b>\"", "\"><b>");
    assertThat(alone)
        .containsOnlyOnce("<script ")
        .doesNotContain("<script>", "<i>", "\"><b>")
        .contains("&lt;/pre&gt;&lt;script&gt;alert(2)&lt;/script&gt;</pre>");
  }

  @Test
  void aRowSaysStateRhythmMomentsAndDurations() {
    Row heartbeat =
        row(
            "nightly backup",
            State.LATE,
            DAILY,
            run(1, Outcome.OK, 1_000, "", "a"),
            run(2, Outcome.FAILED, 10_000, "", "b"),
            run(3, Outcome.RUNNING, 0, "", "c"));
    assertThat(
            new HeartbeatsLiveView(look(ALL, Map.of(State.LATE, 1L), heartbeat), ORIGIN, site)
                .row(0))
        .contains("id=\"h1\" class=\"down\"", "Late</span>")
        .contains("href=\"/heartbeat?name=nightly%20backup\">nightly backup</a>")
        .contains("every 1D", "data-since>1 h</time>", "data-until>4 min 12 s ago</time>")
        .contains("10 s</td>")
        .contains("aria-label=\"1 of the last 3 runs ok\"")
        .contains("class=\"ok\" x=\"162\" y=\"14.6\" height=\"5.4\"")
        .contains("class=\"failed\" x=\"168\" y=\"2.0\" height=\"18.0\"")
        .contains("2026-11-20 11:58:00 UTC: failed, exit code 2, took 10 s");
  }

  @Test
  void theHeadlineSaysWhatIsWrong() {
    assertThat(look(ALL, Map.of()).headline(texts)).isEqualTo("No heartbeats yet");
    assertThat(look(ALL, Map.of(State.UP, 1L)).headline(texts)).isEqualTo("1 heartbeat on time");
    assertThat(look(ALL, Map.of(State.UP, 1_000_000L)).headline(texts))
        .isEqualTo("All 1,000,000 heartbeats on time");
    assertThat(look(ALL, Map.of(State.UP, 8L, State.LATE, 2L, State.FAILED, 1L)).headline(texts))
        .isEqualTo("2 late, 1 failed of 11 heartbeats");
  }

  @Test
  void theLinesOfAJobAreReadyForShellCrontabAndSystemd() {
    Row heartbeat =
        row("it's 100 % & more", State.UP, new Rhythm("", "0 3 * * *", "Europe/Berlin", "5m"));
    String html = new HeartbeatLiveView(Whose.OPERATOR, heartbeat, ORIGIN, NOW, site).page("");
    String path = "/ping?name=it%s27s%s20100%s20%s25%s20%s26%s20more".replace("%s", "%");
    String when = "&amp;schedule=0%203%20%2A%20%2A%20%2A&amp;tz=Europe%2FBerlin&amp;grace=5m'";
    assertThat(html)
        .contains("-o /dev/null '<span data-origin>http://localhost:8080</span>" + path + when)
        .contains(HeartbeatWords.forCrontab(path + when))
        .contains(HeartbeatWords.forSystemd(path + when));
    assertThat(HeartbeatWords.forCrontab("a%20b")).isEqualTo("a\\%20b");
    assertThat(HeartbeatWords.forSystemd("a%20b")).isEqualTo("a%%20b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1h|0 * * * *",
        "5m|*/5 * * * *",
        "7m|*/6 * * * *",
        "45m|*/30 * * * *",
        "90m|0 * * * *",
        "5h|0 */4 * * *",
        "1D|0 3 * * *",
        "36h|0 3 * * *",
        "1W|0 3 * * 1",
        "30s|* * * * *",
      })
  void theLineForACrontabRunsAsOftenAsTheJobHasToCall(String frequency, String crontab) {
    assertThat(HeartbeatWords.crontab(new Rhythm(frequency, "", "", "0s"))).isEqualTo(crontab);
    assertThat(HeartbeatWords.rhythm(texts, new Rhythm("", "*/5 * * * *", "Z", "0s")))
        .isEqualTo("*/5 * * * * (UTC)");
    assertThat(HeartbeatWords.crontab(new Rhythm("", "7 4 * * 1-5", "UTC", "0s")))
        .isEqualTo("7 4 * * 1-5");
  }

  @Test
  void thePageSaysWhereNobodyIsTold() {
    Whose untold = new Whose(Scope.of(Sites.UNTOLD), Optional.empty(), true);
    HeartbeatsView view = look(new HeartbeatsFilter(untold, Optional.empty(), 1), Map.of());
    assertThat(page(view, "")).contains("No alerts are sent", "href=\"/channels\"");
    assertThat(page(look(ALL, Map.of()), "")).doesNotContain("No alerts are sent");
  }

  @Test
  void theNavigationNumbersOpenIncidentsForThoseWhoMaySeeThem() {
    Whose trusted = new Whose(Scope.operator(), Optional.empty(), true);
    assertThat(page(look(new HeartbeatsFilter(trusted, Optional.empty(), 1), Map.of()), ""))
        .contains("<b class=\"unknown\">12<");
    Whose critical = new Whose(Scope.of(5), Optional.empty(), true);
    assertThat(page(look(new HeartbeatsFilter(critical, Optional.empty(), 1), Map.of()), ""))
        .contains("<b class=\"down\">12<");
    assertThat(page(look(ALL, Map.of()), "")).contains("<span id=\"open-incidents\"></span>");
  }

  @Test
  void pagesKeepTheFilter() {
    HeartbeatsFilter filter = new HeartbeatsFilter(Whose.OPERATOR, Optional.of(State.UP), 2);
    assertThat(page(look(filter, Map.of(State.UP, 250L), row("a", State.UP, DAILY)), "seen"))
        .contains("class=\"up\" href=\"/heartbeats?state=up\" aria-current=\"true\"")
        .contains("rel=\"next\" href=\"/heartbeats?state=up&amp;page=3\"")
        .contains("data-live=\"/heartbeats/live?state=up&amp;page=2&amp;seen=seen\"");
  }

  private String page(HeartbeatsView view, String seen) {
    return new HeartbeatsLiveView(view, ORIGIN, site).page(seen);
  }

  private static HeartbeatsView look(
      HeartbeatsFilter filter, Map<State, Long> counts, Row... rows) {
    return new HeartbeatsView(filter, NOW, counts, List.of(rows));
  }

  private static Row row(String name, State state, Rhythm rhythm, Ran... runs) {
    return new Row(
        1,
        name,
        state,
        rhythm,
        new Moments(
            NOW.minus(Duration.ofDays(1)),
            Optional.of(NOW.minus(Duration.ofHours(1))),
            Optional.of(NOW.minus(Duration.ofSeconds(252))),
            Optional.empty(),
            3),
        List.of(runs));
  }

  private static Ran run(long number, Outcome outcome, int millis, String output, String id) {
    Instant ended = NOW.minus(Duration.ofMinutes(2));
    boolean running = outcome == Outcome.RUNNING;
    return new Ran(
        number,
        Optional.of(id),
        Optional.of(ended.minusMillis(millis)),
        running ? Optional.empty() : Optional.of(ended),
        running ? Optional.empty() : Optional.of(Duration.ofMillis(millis)),
        outcome,
        outcome == Outcome.FAILED ? OptionalLong.of(2) : OptionalLong.empty(),
        output.isEmpty() ? Optional.empty() : Optional.of(output));
  }
}
