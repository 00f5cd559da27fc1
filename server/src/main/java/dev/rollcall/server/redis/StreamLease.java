package dev.rollcall.server.redis;

import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.SetParams;

/// Which process reads a stream: the one that a key of Redis names, for as long as it renews it.
///
/// The streams are divided as the due rows are ([Claimant.Share]), so that no process applies them
/// all. A process takes the streams of its share from whoever has them, and the others only if
/// nobody has them: their process may be unable to. For one thread.
final class StreamLease {
  private static final Duration LEASE = Duration.ofSeconds(4);

  /// How often it is renewed, or asked for.
  static final Duration RENEW = Duration.ofSeconds(1);

  /// Whoever could not apply a stream leaves it to others for so long.
  private static final Duration LEFT = Duration.ofSeconds(10);

  private final String key;
  private final int number;
  private final String process;
  private final Claimant claimant;
  private final Clock clock;
  private boolean held;
  private Duration asked = Duration.ofDays(-1);
  private Duration leftUntil = Duration.ofDays(-1);

  /// @param number of the stream among all streams, the same in all processes
  StreamLease(String stream, int number, long process, Claimant claimant, Clock clock) {
    this.key = stream + ":owner";
    this.number = number;
    this.process = Long.toHexString(process);
    this.claimant = claimant;
    this.clock = clock;
  }

  /// Whether this process may read the stream now.
  boolean hold(Jedis redis) {
    Duration now = clock.monotonic();
    if (held && now.minus(asked).compareTo(RENEW) < 0) {
      return true;
    }
    asked = now;
    SetParams lease = SetParams.setParams().px(LEASE.toMillis());
    boolean takes = process.equals(redis.get(key)) || isOfShare(now);
    held = redis.set(key, process, takes ? lease : lease.nx()) != null;
    return held;
  }

  /// A process that is alone has nobody to take it from.
  private boolean isOfShare(Duration now) {
    Claimant.Share share = claimant.share();
    return share.of() > 1
        && share.includes(number)
        && claimant.isBelieved()
        && now.compareTo(leftUntil) >= 0;
  }

  /// Whether this process has it, as far as it knows.
  boolean isHeld() {
    return held;
  }

  /// It has to be asked for again.
  void lost() {
    held = false;
  }

  /// Lets others read the stream for a while, as this process cannot apply it.
  void leave(Jedis redis) {
    leftUntil = clock.monotonic().plus(LEFT);
    release(redis);
  }

  /// Lets others read the stream at once.
  void release(Jedis redis) {
    if (held && process.equals(redis.get(key))) {
      redis.del(key);
    }
    held = false;
  }
}
