package dev.rollcall.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.SharedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/// The time of the database in a real Redis, whose own clock is that of this machine.
class RedisTimeTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String KEY = "rollcall:0:clock";

  @TempDir Path folder;

  private final Clock machine = Clock.system();
  private final SharedClock database = new SharedClock(machine);
  private final SharedClock started = new SharedClock(new TestClock()); // days behind
  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start(folder.resolve("redis"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /// The clock of the database is so far ahead of that of this machine.
  private void databaseIsAhead(Duration ahead) {
    Duration now = machine.monotonic();
    database.follow(machine.wall().plus(ahead), now, now);
  }

  private void look(SharedClock clock) {
    RedisServers servers = new RedisServers(RedisLocation.parse(server.url()));
    RedisTime time = new RedisTime(clock, "rollcall:0:");
    try (StreamWatch watch = new StreamWatch(servers, clock, Optional.of(time))) {
      watch.start(true);
    }
  }

  private String kept() {
    try (Jedis redis = server.client()) {
      return redis.get(KEY);
    }
  }

  @Test
  void aProcessThatKnowsTheTimeTellsOneThatDoesNot() {
    look(started);
    assertThat(started.isKnown()).as("nobody has told yet").isFalse();
    databaseIsAhead(HOUR);
    look(database);
    look(started);
    assertThat(started.isKnown()).isTrue();
    assertThat(Duration.between(machine.wall().plus(HOUR), started.wall()).abs())
        .isLessThan(SECOND);
  }

  @Test
  void whatIsKeptChangesOnlyWithTheTime() {
    databaseIsAhead(HOUR);
    look(database);
    String kept = kept();
    databaseIsAhead(HOUR.plusMillis(200));
    look(database);
    assertThat(kept()).isEqualTo(kept);
    databaseIsAhead(HOUR.negated());
    look(database);
    assertThat(kept()).isNotEqualTo(kept).startsWith("-");
  }

  @Test
  void whoKnowsTheTimeIsNotToldByOthers() {
    databaseIsAhead(HOUR);
    look(database);
    SharedClock other = new SharedClock(machine);
    Duration now = machine.monotonic();
    other.follow(machine.wall(), now, now);
    look(other);
    assertThat(other.ownAhead().abs()).isLessThan(SECOND);
  }

  @Test
  void whatSomebodyElseWroteThereIsWrittenAnew() {
    for (String[] other :
        List.of(
            new String[] {"SET", "soon"},
            new String[] {"SET", "9223372036854775807"},
            new String[] {"SET", "-9000000000000"},
            new String[] {"SADD", "1"})) {
      try (Jedis redis = server.client()) {
        redis.del(KEY);
        redis.sendCommand(Protocol.Command.valueOf(other[0]), KEY, other[1]);
      }
      look(started);
      assertThat(started.isKnown()).isFalse();
      databaseIsAhead(HOUR);
      look(database);
      assertThat(kept()).matches("\\d+");
    }
  }
}
