package dev.rollcall.server.web;

import dev.rollcall.server.time.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Formats numbers, times and durations for people.
public final class Formats {
  private Formats() {}

  /// `in 4 min 12 s`; or, if `moment` has passed, `4 min 12 s ago`.
  static String until(Texts texts, Instant now, Instant moment) {
    return moment.isBefore(now)
        ? texts.of("script.ago", Durations.words(Duration.between(moment, now)))
        : texts.of("script.in", Durations.words(Duration.between(now, moment)));
  }

  /// `2026-11-20 12:03:04 UTC`.
  public static String exact(Instant instant) {
    String iso = iso(instant); // a pattern would take ten times as long, thousands of times a page
    return iso.substring(0, 10) + " " + iso.substring(11, 19) + " UTC";
  }

  /// `12:03:04 UTC`.
  static String ofDay(Instant instant) {
    return exact(instant).substring(11);
  }

  /// `2026-11-20T12:03:04Z`, for programs.
  public static String iso(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// `100 %` only if it is exact, otherwise rounded down to two decimals: a service that was down
  /// once has at most `99.99 %`.
  public static String percent(double percent) {
    double cut = Math.floor(percent * 100) / 100;
    return cut == Math.rint(cut)
        ? String.format(Locale.ROOT, "%.0f %%", cut)
        : String.format(Locale.ROOT, "%.2f %%", cut);
  }

  /// `10,000`.
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /// `0`, `0.3`, `42`, `19,500`.
  public static String rate(double aSecond) {
    return aSecond > 0 && aSecond < 9.95
        ? String.format(Locale.ROOT, "%.1f", aSecond)
        : count(Math.round(aSecond));
  }

  /// `0.1 MiB`, `42.0 MiB`: the unit of the setting for the size of results files.
  public static String size(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / (1024.0 * 1024));
  }
}
