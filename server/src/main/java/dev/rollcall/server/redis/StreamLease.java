package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.SetParams;

/// Which process reads a stream: the one that a key of Redis names, for as long as it renews it.
///
/// The streams are divided as the due rows are ([Claimant.Share]), so that no process applies them
/// all. A process takes the streams of its share from whoever has them, and the others only if
/// nobody has them, or nobody applies them: their process may be dead, stand still, or not reach
/// the database. For one thread.
final class StreamLease {
  private static final Duration LEASE = Duration.ofSeconds(4);

  /// How often it is renewed, or asked for.
  static final Duration RENEW = Duration.ofSeconds(1);

  /// Whoever could not apply a stream leaves it to others for so long.
  private static final Duration LEFT = Duration.ofSeconds(10);

  /// What Redis says of a key that does not end.
  private static final long FOR_EVER = -1;

  private final String key;
  private final int number;
  private final String process;
  private final Claimant claimant;
  private final Clock clock;
  private State state = State.OTHERS;
  private Duration asked = Duration.ofDays(-1);
  private Duration leftUntil = Duration.ofDays(-1);

  /// Who may apply the stream and delete what is applied.
  enum State {
    OURS,
    OTHERS,
    /// Redis takes no writes: nobody can have it, and nobody can delete anything.
    REFUSED
  }

  /// @param number of the stream among all streams, the same in all processes
  StreamLease(String stream, int number, long process, Claimant claimant, Clock clock) {
    this.key = key(stream);
    this.number = number;
    this.process = Long.toHexString(process);
    this.claimant = claimant;
    this.clock = clock;
  }

  /// The key that names the process.
  static String key(String stream) {
    return stream + ":owner";
  }

  /// Whether this process may read the stream now.
  ///
  /// @param stands whether nobody applies it: see [StreamWatch.Seen]
  State hold(Jedis redis, boolean stands) {
    Duration now = clock.monotonic();
    if (state != State.OTHERS && now.minus(asked).compareTo(RENEW) < 0) {
      return state;
    }
    asked = now;
    SetParams lease = SetParams.setParams().px(LEASE.toMillis());
    boolean takes = process.equals(redis.get(key)) || takesFromOthers(now, stands) || isNone(redis);
    try {
      boolean held = redis.set(key, process, takes ? lease : lease.nx()) != null;
      state = held ? State.OURS : State.OTHERS;
    } catch (JedisDataException e) {
      if (!RefusedWrites.isSaidBy(e)) {
        throw e;
      }
      state = State.REFUSED;
    }
    return state;
  }

  /// Whether nobody renews it: a lease ends within [#LEASE]. What lasts for longer was written by
  /// somebody else, or while the clock of Redis was ahead.
  private boolean isNone(Jedis redis) {
    long left = redis.pttl(key);
    return left == FOR_EVER || left > LEASE.toMillis();
  }

  /// A process that is alone has nobody to take it from.
  private boolean takesFromOthers(Duration now, boolean stands) {
    boolean takes = stands ? claimant.isBelieved() : claimant.share().of() > 1 && isOfShare();
    return takes && now.compareTo(leftUntil) >= 0;
  }

  /// Whether the stream is of the share of this process.
  boolean isOfShare() {
    return claimant.share().includes(number) && claimant.isBelieved();
  }

  /// Whether this process has it, as far as it knows.
  boolean isHeld() {
    return state == State.OURS;
  }

  /// Redis has refused a write.
  void refused() {
    state = State.REFUSED;
    asked = clock.monotonic();
  }

  /// It has to be asked for again.
  void lost() {
    state = State.OTHERS;
  }

  /// Lets others read the stream for a while, as this process cannot apply it.
  void leave(Jedis redis) {
    leftUntil = clock.monotonic().plus(LEFT);
    release(redis);
  }

  /// Lets others read the stream at once.
  void release(Jedis redis) {
    if (isHeld() && process.equals(redis.get(key))) {
      redis.del(key);
    }
    lost();
  }
}
