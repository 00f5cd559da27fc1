package dev.rollcall.server.heartbeat.ping;

import dev.rollcall.server.heartbeat.definition.Expectation;
import dev.rollcall.server.heartbeat.definition.HeartbeatName;
import dev.rollcall.server.sql.EnumCodec;
import java.time.Instant;
import java.util.Optional;

/// A heartbeat as it is in its row.
///
/// @param recent its newest runs; the others have rows of their own
/// @param origin who says what it is, besides its pings
public record Heartbeat(
    long id,
    HeartbeatName key,
    Expectation expectation,
    State state,
    Moments moments,
    Counts counts,
    RecentRuns recent,
    Origin origin) {
  /// Who says what a heartbeat is.
  public enum Origin {
    /// Its pings alone.
    PING(0),
    /// The API has given it keys that say who is told.
    API(1),
    /// The configuration file declares it: what its pings say of their times does not count.
    FILE(2);

    public static final EnumCodec<Origin> CODEC = EnumCodec.of(Origin.class, Origin::code);

    private final int code;

    Origin(int code) {
      this.code = code;
    }

    /// Its number in the table.
    public int code() {
      return code;
    }

    /// The word in the API, such as `file`.
    public String word() {
      return CODEC.word(this);
    }
  }

  /// The times of a heartbeat.
  ///
  /// @param created when its first ping came, or it was declared
  /// @param last when its last ping came
  /// @param next when the next ping is expected, without the grace
  /// @param lateSince while it is late: the deadline that it missed
  /// @param due when to examine the row; empty if no ping is expected. Never later than the
  ///   deadline, often earlier: a ping in time moves only the deadline, so that the index on
  ///   `due_at` need not be written with each ping
  public record Moments(
      Instant created,
      Optional<Instant> last,
      Instant next,
      Optional<Instant> lateSince,
      Optional<Instant> due) {}

  /// The counters of a heartbeat.
  ///
  /// @param calls number of pings; pings that start a run do not count
  /// @param runs number of runs; the last 100 are stored
  /// @param open how many of the stored runs have started and not ended
  public record Counts(long calls, long runs, int open) {}

  /// The same of another origin.
  Heartbeat origin(Origin other) {
    return new Heartbeat(id, key, expectation, state, moments, counts, recent, other);
  }

  public String name() {
    return key.name();
  }

  public boolean isDeclared() {
    return origin == Origin.FILE;
  }

  /// Whether some of its runs are stored outside of its row.
  public boolean hasOlderRuns() {
    return counts.runs() > recent.size();
  }

  /// The time from which it is late.
  public Instant deadline() {
    return expectation.deadline(moments.next());
  }

  /// When its last ping came; if none has come, when it was created.
  public Instant lastKnown() {
    return moments.last().orElse(moments.created());
  }
}
