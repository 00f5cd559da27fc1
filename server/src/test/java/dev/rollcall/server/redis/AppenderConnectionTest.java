package dev.rollcall.server.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AppenderConnectionTest {
  @Test
  void saysWhereHeartbeatsAndResultsGoWithoutRedis() {
    assertThat(AppenderConnection.unavailable(false, false))
        .startsWith("Redis is unavailable")
        .endsWith("straight to the database");
    assertThat(AppenderConnection.unavailable(true, false))
        .startsWith("Redis takes no writes")
        .endsWith("after those that wait in Redis");
  }

  @Test
  void saysNotThatTheyGoToADatabaseThatIsAway() {
    for (boolean refuses : new boolean[] {false, true}) {
      assertThat(AppenderConnection.unavailable(refuses, true))
          .contains("heartbeats are answered with 503", "results of checks wait in memory")
          .doesNotContain("straight to the database");
    }
  }
}
