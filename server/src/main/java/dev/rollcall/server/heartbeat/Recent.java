package dev.rollcall.server.heartbeat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The newest runs of a heartbeat that tell nothing but when they ended and how, which are all of
/// most jobs. They stay in its row until there are ten of them, so that a call writes one page of
/// the database and not two; then they move to the others ([RunStore]), together.
final class Recent {
  static final Recent NONE = new Recent(new byte[0]);

  private static final int MOST = 10;
  private static final int LENGTH = Long.BYTES + Short.BYTES;
  private static final int OK = 0;
  private static final int FAILED = 256; // and told no exit code
  private final byte[] bytes;

  private Recent(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @param bytes as [#bytes] gave them
  static Recent of(byte @Nullable [] bytes) {
    return bytes == null || bytes.length == 0 ? NONE : new Recent(bytes);
  }

  /// Whether a run is one of those that can stay here.
  static boolean holds(Run run) {
    return run.ended().isPresent()
        && run.started().isEmpty()
        && run.id().isEmpty()
        && (run.exit().isEmpty() || (run.exit().getAsInt() > OK && run.exit().getAsInt() < FAILED));
  }

  int size() {
    return bytes.length / LENGTH;
  }

  boolean full() {
    return size() >= MOST;
  }

  /// These, and one more that [#holds].
  Recent with(Run run) {
    int outcome = run.result() == Run.Result.OK ? OK : run.exit().orElse(FAILED);
    return new Recent(
        ByteBuffer.allocate(bytes.length + LENGTH)
            .put(bytes)
            .putLong(run.ended().orElseThrow().toEpochMilli())
            .putShort((short) outcome)
            .array());
  }

  /// The runs, oldest first.
  ///
  /// @param count how many runs the heartbeat has had
  List<Run> runs(long count) {
    List<Run> runs = new ArrayList<>(size());
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    for (long number = count - size(); number < count; number++) {
      Optional<Instant> ended = Optional.of(Instant.ofEpochMilli(rest.getLong()));
      int outcome = rest.getShort();
      runs.add(
          new Run(
              number,
              Optional.empty(),
              Optional.empty(),
              ended,
              outcome == OK ? Run.Result.OK : Run.Result.FAILED,
              outcome == OK || outcome == FAILED ? OptionalInt.empty() : OptionalInt.of(outcome)));
    }
    return runs;
  }

  /// As they stand in the row.
  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Recent recent && Arrays.equals(bytes, recent.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
