package dev.rollcall.server.heartbeat.store;

import dev.rollcall.server.heartbeat.ping.HeartbeatChange;
import dev.rollcall.server.heartbeat.ping.HeartbeatChange.Ping;
import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.redis.StreamBuffer;
import dev.rollcall.server.redis.StreamBuffer.Written;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/// Writes changes of heartbeats where Redis is in front of the database: pings through it, all
/// other changes to the database, after the pings of the same heartbeat that came before.
public final class BufferedPings implements Function<HeartbeatChange, PingOutcome> {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final StreamBuffer<HeartbeatChange, PingOutcome> buffer;
  private final HeartbeatWriter writer;
  private final GroupCommit commits;
  private final Clock clock;

  public BufferedPings(Redis redis, HeartbeatWriter writer, GroupCommit commits, Clock clock) {
    this.buffer = redis.buffer(new PingStream(writer));
    this.writer = writer;
    this.commits = commits;
    this.clock = clock;
  }

  @Override
  public PingOutcome apply(HeartbeatChange change) {
    if (change instanceof Ping ping) {
      if (!clock.isKnown()) {
        throw new Unavailable(
            "the time is not known before the database has answered: nothing was recorded", AGAIN);
      }
      Instant now = clock.wall();
      return switch (buffer.write(ping.cameAt(now))) {
        case Written.Applied<PingOutcome>(PingOutcome outcome) -> outcome;
        case Written.Waits<PingOutcome> _ ->
            new PingOutcome.Waiting(
                ping.terms().map(terms -> terms.schedule().next(ping.moment().orElse(now))));
      };
    }
    if (!buffer.awaitApplied(change)) {
      throw new Unavailable(
          "calls of this heartbeat may still wait in Redis: nothing was changed", AGAIN);
    }
    return commits.write(writer, change);
  }

  /// Every ping that came longer ago is recorded.
  public Duration lag() {
    return buffer.lag();
  }
}
