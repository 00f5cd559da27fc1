package dev.rollcall.server.heartbeat;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// One run of a job, or, where it tells nothing of its starts, one call.
///
/// @param number counts the runs of a heartbeat from 0
/// @param id what the job calls it, to tell runs apart that overlap
/// @param exit its exit code, where it failed and tells
record Run(
    long number,
    Optional<String> id,
    Optional<Instant> started,
    Optional<Instant> ended,
    Result result,
    OptionalLong exit) {
  /// How many of each heartbeat are kept.
  static final int KEPT = 100;

  /// How a run came out.
  enum Result {
    RUNNING(0),
    OK(1),
    FAILED(2);

    static final EnumCodec<Result> CODEC = EnumCodec.of(Result.class, Result::code);

    private final int code;

    Result(int code) {
      this.code = code;
    }

    /// Its number in the table.
    int code() {
      return code;
    }

    String word() {
      return CODEC.word(this);
    }
  }

  /// Its place among those kept: that of the one a hundred runs before it.
  int slot() {
    return (int) (number % KEPT);
  }

  boolean open() {
    return result == Result.RUNNING;
  }

  /// How long it took, where both its ends are known.
  Optional<Duration> duration() {
    return started.flatMap(
        from -> ended.map(to -> to.isBefore(from) ? Duration.ZERO : Duration.between(from, to)));
  }
}
