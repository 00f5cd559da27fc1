package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.RoundTrips;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How long many answers took, and how many never came: counts by duration. Immutable.
///
/// It is log-linear, as an HDR histogram is: durations are counted in microseconds in buckets that
/// do not depend on the data, exact up to 127 µs, and then 64 for each doubling. So a duration that
/// is read from it is wrong by 0.8 % at most, and the sum of two histograms is exactly the
/// histogram of all their durations.
///
/// Only buckets with a count are kept, in memory and in [#bytes]: ten round trips take 15 bytes.
///
/// Source: "HdrHistogram: A High Dynamic Range Histogram", hdrhistogram.org.
public final class LatencyHistogram {
  /// A doubling of the duration is divided into 2 to the power of this.
  private static final int FINE = 6;

  private static final int LINEAR = 1 << FINE;
  private static final Duration LONGEST = Duration.ofDays(1);

  private final long lost;
  private final int[] buckets; // ascending
  private final long[] counts; // of each of them, at least 1

  private LatencyHistogram(long lost, int[] buckets, long[] counts) {
    this.lost = lost;
    this.buckets = buckets;
    this.counts = counts;
  }

  /// The histogram of the round trips of one check.
  public static LatencyHistogram of(RoundTrips trips) {
    List<Duration> times = trips.times();
    int[] buckets = new int[times.size()];
    long[] counts = new long[times.size()];
    int used = 0;
    for (Duration time : times) {
      int bucket = bucket(time);
      if (used == 0 || buckets[used - 1] != bucket) {
        buckets[used++] = bucket;
      }
      counts[used - 1]++;
    }
    return new LatencyHistogram(
        trips.lost(), Arrays.copyOf(buckets, used), Arrays.copyOf(counts, used));
  }

  private static int bucket(Duration time) {
    long micros = Math.clamp(time.toNanos(), 0, LONGEST.toNanos()) / 1000;
    if (micros < LINEAR) {
      return (int) micros;
    }
    int shift = 63 - Long.numberOfLeadingZeros(micros) - FINE;
    return LINEAR * shift + (int) (micros >> shift);
  }

  /// The middle of a bucket.
  private static Duration time(int bucket) {
    int shift = Math.max(0, bucket / LINEAR - 1);
    long least = (long) (bucket - LINEAR * shift) << shift;
    return Duration.ofNanos(1000 * least + 500 * ((1L << shift) - 1));
  }

  /// Sums histograms. Not for several threads.
  public static final class Sum {
    private final long[] counts = new long[bucket(LONGEST) + 1];
    private int first = counts.length;
    private int last = -1;
    private long lost;

    /// Adds what was counted.
    public void add(LatencyHistogram other) {
      lost += other.lost;
      for (int i = 0; i < other.buckets.length; i++) {
        add(other.buckets[i], other.counts[i]);
      }
    }

    /// Adds an answer.
    public void add(Duration time) {
      add(bucket(time), 1);
    }

    /// Adds one that never came.
    public void addLost() {
      lost++;
    }

    private void add(int bucket, long count) {
      counts[bucket] += count;
      first = Math.min(first, bucket);
      last = Math.max(last, bucket);
    }

    /// The sum. This one is empty then.
    public LatencyHistogram take() {
      int[] buckets = IntStream.rangeClosed(first, last).filter(i -> counts[i] > 0).toArray();
      long[] sums = new long[buckets.length];
      for (int i = 0; i < buckets.length; i++) {
        sums[i] = counts[buckets[i]];
        counts[buckets[i]] = 0;
      }
      LatencyHistogram sum = new LatencyHistogram(lost, buckets, sums);
      first = counts.length;
      last = -1;
      lost = 0;
      return sum;
    }
  }

  /// How many answers were waited for.
  public long sent() {
    return lost + answered();
  }

  /// How many of them never came.
  public long lost() {
    return lost;
  }

  /// The share of those that never came, in percent; 0 if none was waited for.
  public double lossPercent() {
    return sent() == 0 ? 0 : 100.0 * lost / sent();
  }

  private long answered() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /// The duration that a share of the answers did not exceed; empty without an answer.
  ///
  /// @param share 0 is the shortest, 1 the longest
  public Optional<Duration> quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * answered()));
    for (int i = 0; i < counts.length; i++) {
      rank -= counts[i];
      if (rank <= 0) {
        return Optional.of(time(buckets[i]));
      }
    }
    return Optional.empty();
  }

  /// All of it in a few bytes: the lost ones, then for each bucket its distance from the one
  /// before, doubled, plus 1 if a count that is not 1 follows. Each number has 7 bits in a byte,
  /// the lowest first, and the 8th bit says that more follow (LEB128).
  public byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8 + 2 * buckets.length);
    write(out, lost);
    int before = -1;
    for (int i = 0; i < buckets.length; i++) {
      boolean several = counts[i] > 1;
      write(out, 2L * (buckets[i] - before - 1) + (several ? 1 : 0));
      if (several) {
        write(out, counts[i]);
      }
      before = buckets[i];
    }
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, long number) {
    long left = number;
    while (left > 0x7f) {
      out.write((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write((int) left);
  }

  /// Reads [#bytes].
  ///
  /// @throws IllegalArgumentException if they are none
  public static LatencyHistogram ofBytes(byte[] bytes) {
    Reader in = new Reader(bytes);
    long lost = in.number();
    int[] buckets = new int[bytes.length];
    long[] counts = new long[bytes.length];
    int used = 0;
    int before = -1;
    while (in.more()) {
      long step = in.number();
      before = Math.toIntExact(before + 1 + (step >> 1));
      buckets[used] = before;
      counts[used++] = (step & 1) == 0 ? 1 : in.number();
    }
    return new LatencyHistogram(lost, Arrays.copyOf(buckets, used), Arrays.copyOf(counts, used));
  }

  private static final class Reader {
    private final byte[] bytes;
    private int place;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean more() {
      return place < bytes.length;
    }

    long number() {
      long number = 0;
      for (int shift = 0; more() && shift < Long.SIZE; shift += 7) {
        byte part = bytes[place++];
        number |= (part & 0x7fL) << shift;
        if (part >= 0) {
          return number;
        }
      }
      throw new IllegalArgumentException("the histogram ends in the middle of a number");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LatencyHistogram that
        && lost == that.lost
        && Arrays.equals(buckets, that.buckets)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(lost) + Arrays.hashCode(buckets);
  }

  /// "12 sent, 1 lost, 8.2 to 9.9 ms".
  @Override
  public String toString() {
    return "%d sent, %d lost, %s to %s"
        .formatted(sent(), lost, quantile(0).orElse(null), quantile(1).orElse(null));
  }
}
