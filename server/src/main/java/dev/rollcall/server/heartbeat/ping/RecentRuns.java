package dev.rollcall.server.heartbeat.ping;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The newest runs of a heartbeat, if only their end and result are known. Most jobs have no other
/// runs. Up to ten of them are stored in the row of the heartbeat, so that a ping writes one page
/// of the database and not two. Then they move together to rows of their own. The column has its
/// full length from the first run on, so that no page overflows when a run is added.
public final class RecentRuns {
  public static final RecentRuns NONE = new RecentRuns(new byte[0]);

  private static final int MOST = 10;
  private static final int OK = 0;
  private static final int FAILED = 256; // without an exit code
  private static final int OUTCOMES = 1 << Short.SIZE;
  private final byte[] bytes;
  private final int size;

  private RecentRuns(byte[] bytes) {
    this.bytes = bytes;
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    int runs = 0;
    while (rest.remaining() >= Long.BYTES && rest.getLong() != 0) {
      runs++;
    }
    this.size = runs;
  }

  /// The runs that are stored as these bytes.
  ///
  /// @param bytes as returned by [#bytes]
  public static RecentRuns of(byte @Nullable [] bytes) {
    return bytes == null || bytes.length == 0 ? NONE : new RecentRuns(bytes);
  }

  /// Whether the run can be stored here.
  public static boolean holds(Run run) {
    long millis = run.ended().map(Instant::toEpochMilli).orElse(0L);
    return millis > 0
        && millis < Long.MAX_VALUE / OUTCOMES
        && run.started().isEmpty()
        && run.id().isEmpty()
        && (run.exit().isEmpty()
            || (run.exit().getAsLong() > OK && run.exit().getAsLong() < FAILED));
  }

  public int size() {
    return size;
  }

  public boolean full() {
    return size >= MOST;
  }

  /// These, and one more for which [#holds] is true.
  public RecentRuns with(Run run) {
    long outcome = run.result() == Run.Result.OK ? OK : run.exit().orElse(FAILED);
    byte[] more = Arrays.copyOf(bytes, MOST * Long.BYTES);
    ByteBuffer.wrap(more)
        .putLong(size * Long.BYTES, run.ended().orElseThrow().toEpochMilli() * OUTCOMES + outcome);
    return new RecentRuns(more);
  }

  /// The runs, oldest first.
  ///
  /// @param count how many runs the heartbeat has had
  public List<Run> runs(long count) {
    List<Run> runs = new ArrayList<>(size);
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    for (long number = count - size; number < count; number++) {
      long run = rest.getLong();
      int outcome = (int) Math.floorMod(run, (long) OUTCOMES);
      runs.add(
          new Run(
              number,
              Optional.empty(),
              Optional.empty(),
              Optional.of(Instant.ofEpochMilli(Math.floorDiv(run, (long) OUTCOMES))),
              outcome == OK ? Run.Result.OK : Run.Result.FAILED,
              outcome == OK || outcome == FAILED
                  ? OptionalLong.empty()
                  : OptionalLong.of(outcome)));
    }
    return runs;
  }

  /// The bytes as stored in the row.
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecentRuns recent && Arrays.equals(bytes, recent.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
