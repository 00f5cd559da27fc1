package dev.rollcall.server.monitor.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.RoundTrips;
import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.overview.LatencyChart;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.overview.Overview.Share;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.overview.ResponseChart;
import dev.rollcall.server.monitor.overview.ServiceDetails;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.Uptime;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Sites;
import dev.rollcall.server.web.Whose;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/// The page of one service, of which one check took 20 ms and another has waited for 3 s in vain.
class ServiceViewTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private static final PeriodSummary CHECKS =
      new PeriodSummary(
          NOON,
          1,
          1,
          0,
          Optional.of(
              new PeriodSummary.Response(
                  Duration.ofMillis(1_510), Duration.ofMillis(20), Duration.ofSeconds(3))));

  private static final LatencyHistogram ROUND_TRIPS =
      LatencyHistogram.of(
          new RoundTrips(
              10, List.of(Duration.ofMillis(19), Duration.ofMillis(20), Duration.ofMillis(21))));

  private static String page(Optional<LatencyHistogram> roundTrips) {
    Share all = new Share(OptionalDouble.of(50), false);
    Uptime uptime = new Uptime(OptionalDouble.of(50), OptionalDouble.of(50), false, false);
    Row row =
        new Row(
            1,
            "gateway",
            "ping://192.0.2.1",
            Standing.UP,
            Optional.of(NOON),
            Optional.empty(),
            Optional.of(Duration.ofMillis(20)),
            all,
            all,
            List.of());
    ServiceDetails.Seen seen =
        new ServiceDetails.Seen(
            row,
            uptime,
            uptime,
            Service.Origin.FILE,
            Optional.empty(),
            Optional.empty(),
            AlertKeys.NONE,
            List.of(),
            new ResponseChart(NOON, HOUR, Optional.empty(), List.of(Optional.of(CHECKS))),
            roundTrips.map(trips -> new LatencyChart(NOON, HOUR, List.of(Optional.of(trips)))),
            List.of(CHECKS),
            roundTrips.map(trips -> new LatencyPeriod(NOON, HOUR, trips)).stream().toList(),
            List.of(),
            List.of(),
            List.of(),
            NOON.plus(HOUR));
    ServiceView view = new ServiceView(Whose.OPERATOR, seen, _ -> {}, false);
    return Html.of(out -> JtealoneGenerated.render(out, Html.NONE, Sites.below(""), view));
  }

  @Test
  void showsResponseTimes() {
    assertThat(page(Optional.empty()))
        .contains("Response time, from 0 to")
        .contains("1 up, 1 down, 1,510 ms</title>")
        .contains("data-label=\"Mean response\">1,510 ms</td>")
        .contains("data-label=\"Fastest and slowest\">20 ms to 3,000 ms</td>");
  }

  @Test
  void showsRoundTripsOfWhatIsPingedAndNotHowLongAPingHasWaitedInVain() {
    assertThat(page(Optional.of(ROUND_TRIPS)))
        .contains("Round trips of pings, from 0 to", "10 packets, 7 lost, median 20 ms")
        .contains("1 up, 1 down</title>")
        .contains("data-label=\"Median round trip\">20 ms</td>")
        .contains("data-label=\"Fastest and slowest\">19 ms to 21 ms</td>")
        .doesNotContain("Response time, from 0 to", "1,510 ms", "3,000 ms");
  }
}
