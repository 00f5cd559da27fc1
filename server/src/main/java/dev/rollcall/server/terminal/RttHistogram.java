package dev.rollcall.server.terminal;

import java.util.ArrayList;
import java.util.List;

/// Round-trip times, counted in buckets that are at most an eighth of their value wide.
final class RttHistogram {
  private static final int PARTS = 8;
  private static final int PART_BITS = 3;

  private static final int BUCKETS = PARTS * Long.SIZE;

  /// Of the buckets from `first` on: a sweep has one of these for each address.
  private int[] counts = {};

  private int first;
  private int total;
  private long least = Long.MAX_VALUE;
  private long most;
  private double sum;
  private double squares;

  void add(long nanos) {
    count(bucket(nanos), 1);
    total++;
    least = Math.min(least, nanos);
    most = Math.max(most, nanos);
    sum += nanos;
    squares += (double) nanos * nanos;
  }

  void addAll(RttHistogram other) {
    for (int i = 0; i < other.counts.length; i++) {
      if (other.counts[i] > 0) {
        count(other.first + i, other.counts[i]);
      }
    }
    total += other.total;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    sum += other.sum;
    squares += other.squares;
  }

  private void count(int bucket, int more) {
    if (counts.length == 0) {
      first = bucket;
    }
    int low = Math.min(first, bucket);
    int high = Math.max(first + counts.length, bucket + 1);
    if (high - low > counts.length) {
      // Twice as many at least, so that few are copied.
      int room = Math.min(Math.max(high - low, 2 * counts.length), BUCKETS - low);
      int[] wider = new int[room];
      System.arraycopy(counts, 0, wider, first - low, counts.length);
      counts = wider;
      first = low;
    }
    counts[bucket - first] += more;
  }

  private int in(int bucket) {
    return bucket < first || bucket >= first + counts.length ? 0 : counts[bucket - first];
  }

  int total() {
    return total;
  }

  long least() {
    return least;
  }

  long most() {
    return most;
  }

  double mean() {
    return sum / total;
  }

  /// The standard deviation, which `ping` calls mdev.
  double deviation() {
    return Math.sqrt(Math.max(0, squares / total - mean() * mean()));
  }

  /// A time that this part of all does not exceed, as exact as the buckets are.
  double quantile(double part) {
    int wanted = Math.max(1, (int) Math.ceil(part * total));
    int seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Math.clamp((double) from(first + i + 1), (double) least, (double) most);
      }
    }
    return most;
  }

  private static int bucket(long nanos) {
    long value = Math.max(nanos, 1);
    int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    if (octave < PART_BITS) {
      return (int) value;
    }
    int part = (int) (value >>> (octave - PART_BITS)) & (PARTS - 1);
    return (octave - PART_BITS + 1) * PARTS + part;
  }

  /// The least time of a bucket.
  private static long from(int bucket) {
    if (bucket < PARTS) {
      return bucket;
    }
    return (long) (PARTS + bucket % PARTS) << (bucket / PARTS - 1);
  }

  /// A line for each bucket from the first that is not empty to the last; neighbours share one
  /// where there would be more than `mostLines`.
  List<String> lines(int mostLines, int width) {
    int lowest = bucket(least);
    int last = bucket(most);
    int together = (last - lowest) / mostLines + 1;
    List<int[]> rows = new ArrayList<>();
    int highest = 1;
    for (int i = lowest; i <= last; i += together) {
      int count = 0;
      for (int k = i; k < i + together; k++) {
        count += in(k);
      }
      rows.add(new int[] {i, count});
      highest = Math.max(highest, count);
    }
    List<String> lines = new ArrayList<>();
    for (int[] row : rows) {
      lines.add(
          "%9s to %9s ms %s %d"
              .formatted(
                  Rtts.three(from(row[0])),
                  Rtts.three(from(row[0] + together)),
                  "#".repeat((int) ((long) row[1] * width / highest)),
                  row[1])
              .replaceAll(" +(\\d+)$", " $1"));
    }
    return lines;
  }
}
