package dev.rollcall.server.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The last lines of `rollcall ping`.
final class PingSummary {
  /// With fewer replies a histogram says nothing.
  private static final int LEAST_FOR_HISTOGRAM = 10;

  private static final int MOST_LINES = 16;
  private static final int WIDTH = 40;

  private PingSummary() {}

  static String packets(PingTally tally) {
    return "%d packets transmitted, %d received%s%s%s%s%s%s%s, %s packet loss"
        .formatted(
            tally.sent(),
            tally.received(),
            counted(", +", tally.duplicates(), " duplicates"),
            counted(", +", tally.late(), " late"),
            counted(", ", tally.corrupt(), " corrupt"),
            counted(", +", tally.errors(), " errors"),
            counted(", ", tally.notSent(), " not sent"),
            counted(", ", tally.unknown(), " unknown"),
            counted(", ", tally.awaited(), " not answered yet"),
            percent(tally.lossPercent()));
  }

  /// `, 3 not sent`; nothing for 0.
  static String counted(String before, int count, String after) {
    return count == 0 ? "" : before + count + after;
  }

  /// `0%`, `33.3%`.
  static String percent(double percent) {
    return String.format(Locale.ROOT, "%.1f", percent).replaceFirst("\\.0$", "") + "%";
  }

  /// The line of times, and a histogram where there is enough for one.
  static List<String> times(RttHistogram rtts) {
    List<String> lines = new ArrayList<>();
    if (rtts.total() == 0) {
      return lines;
    }
    lines.add(
        "rtt min/avg/max/mdev = %s/%s/%s/%s ms"
            .formatted(
                Rtts.three(rtts.least()),
                Rtts.three(rtts.mean()),
                Rtts.three(rtts.most()),
                Rtts.three(rtts.deviation())));
    if (rtts.total() >= LEAST_FOR_HISTOGRAM) {
      lines.add(
          "rtt p50/p90/p99 = %s/%s/%s ms"
              .formatted(
                  Rtts.three(rtts.quantile(0.5)),
                  Rtts.three(rtts.quantile(0.9)),
                  Rtts.three(rtts.quantile(0.99))));
      lines.addAll(rtts.lines(MOST_LINES, WIDTH));
    }
    return lines;
  }

  /// All targets together.
  static RttHistogram all(List<PingTally> tallies) {
    RttHistogram all = new RttHistogram();
    tallies.forEach(tally -> all.addAll(tally.rtts));
    return all;
  }
}
