package dev.rollcall.server.monitor.page;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.overview.Overview.Share;
import dev.rollcall.server.monitor.overview.Overview.Standing;
import dev.rollcall.server.monitor.overview.ResponseChart;
import dev.rollcall.server.monitor.overview.ServiceDetails;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.Uptime;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Texts;
import dev.rollcall.server.web.Whose;
import gg.jte.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the page of one service shows.
///
/// @param incidents its incidents
/// @param trusted whether it shows more than everybody may see
record ServiceView(Whose whose, ServiceDetails.Seen seen, Content incidents, boolean trusted) {
  /// The height of the chart of response times in its own units; each piece is two wide.
  private static final double HEIGHT = 100;

  String title(Texts texts) {
    return texts.of(
        "service.title", seen.row().name(), ServiceWords.word(texts, seen.row().standing()));
  }

  String icon() {
    return seen.row().standing() == Standing.DOWN ? "down.svg" : "up.svg";
  }

  /// From the smallest to the largest response time of each piece, as a path.
  String band() {
    StringBuilder path = new StringBuilder();
    each(
        (place, response) ->
            path.append(
                String.format(
                    Locale.ROOT,
                    "M%d %.1fV%.1f",
                    2 * place + 1,
                    height(response.min()),
                    height(response.max()))));
    return path.toString();
  }

  /// The mean response times as a line, which is interrupted where there is none.
  String mean() {
    StringBuilder path = new StringBuilder();
    int[] last = {-2};
    each(
        (place, response) -> {
          double height = height(response.mean());
          boolean follows = last[0] == place - 1;
          // A piece between two gaps is a short line too.
          path.append(
              follows
                  ? String.format(Locale.ROOT, "L%d %.1f", 2 * place + 1, height)
                  : String.format(Locale.ROOT, "M%d %.1fh1", 2 * place, height));
          last[0] = place;
        });
    return path.toString();
  }

  private interface Drawn {
    void add(int place, PeriodSummary.Response response);
  }

  private void each(Drawn drawn) {
    List<Optional<PeriodSummary>> pieces = seen.chart().pieces();
    for (int i = 0; i < pieces.size(); i++) {
      int place = i;
      pieces.get(i).flatMap(PeriodSummary::response).ifPresent(one -> drawn.add(place, one));
    }
  }

  private double height(Duration response) {
    double share = (double) response.toNanos() / Math.max(1, seen.chart().top().toNanos());
    return HEIGHT * (1 - Math.min(1, share));
  }

  Share day() {
    return share(seen.day(), seen.row().day());
  }

  Share month() {
    return share(seen.month(), seen.row().month());
  }

  private static Share share(Uptime uptime, Share observed) {
    return new Share(uptime.percent(), observed.unknown() || uptime.unreachable());
  }

  ResponseChart chart() {
    return seen.chart();
  }

  /// The chart of round trips, if it is pinged. Then response times are not shown: that of a check
  /// without an answer is how long it has waited for one.
  Optional<LatencyView> latency() {
    return seen.latency().map(LatencyView::new);
  }

  /// What a piece of the chart of states says: `12:00 to 12:05: 12 up, 3 down, 42 ms`.
  String piece(Texts texts, Instant from, PeriodSummary sum) {
    return texts.of("page.span", Formats.exact(from), Formats.exact(from.plus(chart().step())))
        + ": "
        + ServiceWords.counts(texts, sum)
        + (latency().isPresent()
            ? ""
            : sum.response().map(one -> ", " + Durations.millis(one.mean())).orElse(""));
  }

  /// What [#middle(PeriodSummary)] is.
  String middle(Texts texts) {
    return latency().isPresent() ? texts.of("service.median") : texts.of("service.mean");
  }

  /// The mean response time of an hour, or the median of its round trips.
  String middle(PeriodSummary hour) {
    return (latency().isPresent()
            ? roundTrips(hour).flatMap(trips -> trips.quantile(0.5))
            : hour.response().map(PeriodSummary.Response::mean))
        .map(Durations::millis)
        .orElse("-");
  }

  /// The smallest and the largest response time of an hour, or those of its round trips.
  String range(Texts texts, PeriodSummary hour) {
    boolean pinged = latency().isPresent();
    Optional<Duration> least =
        pinged
            ? roundTrips(hour).flatMap(trips -> trips.quantile(0))
            : hour.response().map(PeriodSummary.Response::min);
    Optional<Duration> most =
        pinged
            ? roundTrips(hour).flatMap(trips -> trips.quantile(1))
            : hour.response().map(PeriodSummary.Response::max);
    return least.isPresent() && most.isPresent()
        ? texts.of("page.span", Durations.millis(least.get()), Durations.millis(most.get()))
        : "-";
  }

  private Optional<LatencyHistogram> roundTrips(PeriodSummary hour) {
    return seen.hourLatencies().stream()
        .filter(period -> period.from().equals(hour.from()))
        .map(LatencyPeriod::latencies)
        .findFirst();
  }
}
