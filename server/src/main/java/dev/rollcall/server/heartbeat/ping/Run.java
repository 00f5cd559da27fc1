package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.sql.EnumCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// One run of a job; or one ping, if the job does not report its starts.
///
/// @param number counts the runs of a heartbeat from 0
/// @param id the run id that the job gave, to distinguish overlapping runs
/// @param exit its exit code, if it failed and the code is known
public record Run(
    long number,
    Optional<String> id,
    Optional<Instant> started,
    Optional<Instant> ended,
    Result result,
    OptionalLong exit) {
  /// How many runs of each heartbeat are stored.
  public static final int MOST_STORED = 100;

  /// The result of a run.
  public enum Result {
    RUNNING(0),
    OK(1),
    FAILED(2);

    public static final EnumCodec<Result> CODEC = EnumCodec.of(Result.class, Result::code);

    private final int code;

    Result(int code) {
      this.code = code;
    }

    /// Its number in the table.
    public int code() {
      return code;
    }

    public String word() {
      return CODEC.word(this);
    }
  }

  /// Its place in the ring of stored runs: it replaces the run a hundred before it.
  public int slot() {
    return (int) (number % MOST_STORED);
  }

  public boolean open() {
    return result == Result.RUNNING;
  }

  /// How long it took, if its start and end are known.
  public Optional<Duration> duration() {
    return started.flatMap(
        from -> ended.map(to -> to.isBefore(from) ? Duration.ZERO : Duration.between(from, to)));
  }
}
