package dev.rollcall.probe;

import java.time.Duration;

/// Durations as Go prints them: `0s`, `850ns`, `12.3µs`, `1.2ms`, `2.5s`, `1m0.5s`, `2h0m1s`.
///
/// The format is that of [time.Duration.String](https://pkg.go.dev/time#Duration.String): the
/// largest unit that gives a whole part, all digits that differ from zero, hours and minutes apart.
final class GoDuration {
  private static final long SECOND = 1_000_000_000L;

  private GoDuration() {}

  static String text(Duration duration) {
    StringBuilder out = new StringBuilder(16);
    append(out, duration.toNanos());
    return out.toString();
  }

  static void append(StringBuilder out, long nanos) {
    long left = nanos;
    if (left < 0) {
      out.append('-');
      left = -left; // Long.MIN_VALUE, 292 years, does not come out of a clock
    }
    if (left == 0) {
      out.append("0s");
    } else if (left < 1_000) {
      out.append(left).append("ns");
    } else if (left < 1_000_000) {
      fraction(out, left, 1_000).append("µs");
    } else if (left < SECOND) {
      fraction(out, left, 1_000_000).append("ms");
    } else {
      long minutes = left / (60 * SECOND);
      if (minutes >= 60) {
        out.append(minutes / 60).append('h');
      }
      if (minutes > 0) {
        out.append(minutes % 60).append('m');
      }
      fraction(out, left % (60 * SECOND), SECOND).append('s');
    }
  }

  /// `nanos` in units of `unit`, without trailing zeros.
  private static StringBuilder fraction(StringBuilder out, long nanos, long unit) {
    out.append(nanos / unit);
    long rest = nanos % unit;
    if (rest == 0) {
      return out;
    }
    out.append('.');
    for (long digit = unit / 10; rest > 0; digit /= 10) {
      out.append((char) ('0' + rest / digit));
      rest %= digit;
    }
    return out;
  }
}
