package dev.rollcall.bench;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A histogram of `/metrics`: how many things took at most how long.
///
/// @param counts cumulative, by upper bound in seconds
record Lag(Map<Double, Long> counts) {
  /// How late checks started.
  static final String CHECKS = "rollcall_check_lag_seconds";

  /// Reads it from the lines of `/metrics`.
  ///
  /// @param name its name: [#CHECKS]
  static Lag of(String name, Stream<String> lines) {
    Pattern buckets = Pattern.compile(name + "_bucket\\{le=\"([^\"]+)\"} (\\d+).*");
    Map<Double, Long> counts = new TreeMap<>();
    lines.forEach(
        line -> {
          Matcher bucket = buckets.matcher(line);
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

  /// How many there were.
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
