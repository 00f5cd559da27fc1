package dev.rollcall.server.monitor.page;

import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.overview.LatencyChart;
import dev.rollcall.server.time.Durations;
import dev.rollcall.server.web.Formats;
import dev.rollcall.server.web.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// The chart of round trips: their median as a line, behind it bands in which half and nine in ten
/// of them lie, and all of them; below it, which part was lost. Each piece is two wide.
record LatencyView(LatencyChart chart) {
  /// Its height in its own units.
  private static final double HEIGHT = 100;

  /// The width of the chart.
  int width() {
    return 2 * chart.pieces().size();
  }

  /// All round trips, as a path.
  String all() {
    return band(0, 1);
  }

  /// Nine in ten of the round trips.
  String most() {
    return band(0.05, 0.95);
  }

  /// The middle half of the round trips.
  String half() {
    return band(0.25, 0.75);
  }

  private String band(double low, double high) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < chart.pieces().size(); i++) {
      Optional<LatencyHistogram> piece = chart.pieces().get(i);
      Optional<Duration> from = piece.flatMap(one -> one.quantile(low));
      Optional<Duration> to = piece.flatMap(one -> one.quantile(high));
      if (from.isPresent() && to.isPresent()) {
        path.append(
            String.format(
                Locale.ROOT, "M%d %.1fV%.1f", 2 * i + 1, height(from.get()), height(to.get())));
      }
    }
    return path.toString();
  }

  /// The medians as a line, which is interrupted where there is none.
  String median() {
    StringBuilder path = new StringBuilder();
    boolean follows = false;
    for (int i = 0; i < chart.pieces().size(); i++) {
      Optional<Duration> median = chart.pieces().get(i).flatMap(piece -> piece.quantile(0.5));
      if (median.isPresent()) {
        double height = height(median.get());
        // A piece between two gaps is a short line too.
        path.append(
            follows
                ? String.format(Locale.ROOT, "L%d %.1f", 2 * i + 1, height)
                : String.format(Locale.ROOT, "M%d %.1fh1", 2 * i, height));
      }
      follows = median.isPresent();
    }
    return path.toString();
  }

  private double height(Duration time) {
    double share = (double) time.toNanos() / Math.max(1, chart.top().toNanos());
    return HEIGHT * (1 - Math.min(1, share));
  }

  /// The CSS class for the loss of a piece.
  static String loss(LatencyHistogram piece) {
    if (piece.lost() == 0) {
      return "none";
    }
    if (piece.lost() == piece.sent()) {
      return "all";
    }
    return piece.lossPercent() <= 10 ? "some" : "much";
  }

  /// What a piece says: `12:00 to 12:05: 60 packets, 3 lost, median 12 ms, 11 ms to 20 ms`.
  String piece(Texts texts, Instant from, LatencyHistogram piece) {
    String counts =
        texts.of("page.span", Formats.exact(from), Formats.exact(from.plus(chart.step())))
            + ": "
            + texts.of(
                "service.latency.packets",
                Formats.count(piece.sent()),
                Formats.count(piece.lost()));
    return piece
        .quantile(0.5)
        .map(
            median ->
                counts
                    + ", "
                    + texts.of(
                        "service.latency.times",
                        Durations.millis(median),
                        Durations.millis(piece.quantile(0).orElseThrow()),
                        Durations.millis(piece.quantile(1).orElseThrow())))
        .orElse(counts);
  }
}
