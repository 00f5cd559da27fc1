package dev.rollcall.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The histogram `rollcall_check_lag_seconds`: how many checks started at most how late.
///
/// @param counts cumulative, by upper bound in seconds
record Lag(Map<Double, Long> counts) {
  private static final Pattern BUCKET =
      Pattern.compile("rollcall_check_lag_seconds_bucket\\{le=\"([^\"]+)\"} (\\d+).*");

  /// Reads it from the lines of `/metrics`.
  static Lag of(Stream<String> lines) {
    Map<Double, Long> counts = new TreeMap<>();
    lines.forEach(
        line -> {
          Matcher bucket = BUCKET.matcher(line);
          if (bucket.matches()) {
            String bound = bucket.group(1);
            counts.put(
                bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                Long.parseLong(bucket.group(2)));
          }
        });
    return new Lag(counts);
  }

  /// The difference to an earlier reading.
  Lag since(Lag earlier) {
    Map<Double, Long> since = new TreeMap<>(counts);
    earlier.counts.forEach((bound, count) -> since.merge(bound, -count, Long::sum));
    return new Lag(since);
  }

  /// The number of started checks.
  long count() {
    return counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// The quantile, with an even distribution within a bucket, as in PromQL.
  Duration quantile(double share) {
    double rank = share * count();
    double from = 0;
    long below = 0;
    for (Map.Entry<Double, Long> bucket : counts.entrySet()) {
      if (bucket.getValue() >= rank && bucket.getValue() > below) {
        double to = Double.isInfinite(bucket.getKey()) ? from : bucket.getKey();
        double inside = (rank - below) / (bucket.getValue() - below);
        return Duration.ofNanos((long) ((from + (to - from) * inside) * 1e9));
      }
      from = bucket.getKey();
      below = bucket.getValue();
    }
    return Duration.ZERO;
  }
}
