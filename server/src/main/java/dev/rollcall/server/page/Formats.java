package dev.rollcall.server.page;

import dev.rollcall.server.monitor.Overview.Observed;
import dev.rollcall.server.monitor.Overview.Share;
import dev.rollcall.server.monitor.Overview.Standing;
import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// Formats numbers, times and durations for people.
final class Formats {
  private Formats() {}

  /// `in 4 min 12 s`; or, if `moment` has passed, `4 min 12 s ago`.
  static String until(Instant now, Instant moment) {
    return moment.isBefore(now)
        ? Durations.words(Duration.between(moment, now)) + " ago"
        : "in " + Durations.words(Duration.between(now, moment));
  }

  /// `2026-11-20 12:03:04 UTC`.
  static String exact(Instant instant) {
    String iso = iso(instant); // a pattern would take ten times as long, thousands of times a page
    return iso.substring(0, 10) + " " + iso.substring(11, 19) + " UTC";
  }

  /// `12:03:04 UTC`.
  static String ofDay(Instant instant) {
    return exact(instant).substring(11);
  }

  /// `2026-11-20T12:03:04Z`, for programs.
  static String iso(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// `100 %` only if it is exact, otherwise rounded down to two decimals: a service that was down
  /// once has at most `99.99 %`.
  static String percent(double percent) {
    double cut = Math.floor(percent * 100) / 100;
    return cut == Math.rint(cut)
        ? String.format(Locale.ROOT, "%.0f %%", cut)
        : String.format(Locale.ROOT, "%.2f %%", cut);
  }

  static String percent(Share share) {
    return share.percent().isPresent() ? percent(share.percent().getAsDouble()) : "-";
  }

  /// `10,000`.
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// `0`, `0.3`, `42`, `19,500`.
  static String rate(double aSecond) {
    return aSecond > 0 && aSecond < 9.95
        ? String.format(Locale.ROOT, "%.1f", aSecond)
        : count(Math.round(aSecond));
  }

  /// `0.1 MiB`, `42.0 MiB`: the unit of the setting for the size of results files.
  static String size(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / (1024.0 * 1024));
  }

  static String services(int count) {
    return count(count) + (count == 1 ? " service" : " services");
  }

  /// `Down`.
  static String name(Standing standing) {
    String word = ServicesFilter.word(standing);
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /// The number of observations.
  static int count(List<Observed> latest) {
    return latest.stream().mapToInt(Observed::count).sum();
  }

  private static int count(List<Observed> latest, Standing standing) {
    return count(latest.stream().filter(one -> one.standing() == standing).toList());
  }

  /// `48 of the last 50 up, 1 unknown`.
  static String bar(List<Observed> latest) {
    if (latest.isEmpty()) {
      return "not checked yet";
    }
    int unknown = count(latest, Standing.UNKNOWN);
    return count(latest, Standing.UP)
        + " of the last "
        + count(latest)
        + " up"
        + (unknown == 0 ? "" : ", " + unknown + " unknown");
  }

  /// `2026-11-20 12:03:04 UTC: down, connection refused`; for several observations, `2026-11-20
  /// 12:03:04 UTC to 2026-11-20 12:04:04 UTC: ...`.
  static String observed(Observed one) {
    String word = one.standing() == Standing.NEW ? "unknown" : ServicesFilter.word(one.standing());
    return exact(one.at())
        + (one.count() == 1 ? "" : " to " + exact(one.last()))
        + ": "
        + word
        + one.reason().map(reason -> ", " + reason).orElse("");
  }
}
