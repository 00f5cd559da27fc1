package dev.rollcall.server.heartbeat.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.server.heartbeat.ping.PingOutcome;
import dev.rollcall.server.heartbeat.store.HeartbeatLog;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.TestClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PingRoutesTest {
  private final TestClock clock = new TestClock();

  @Test
  void callsAreTakenFromWhoWasKnownAWhileAgoAndRemovalsAreNot() {
    PingRoutes routes =
        new PingRoutes(
            _ -> new PingOutcome.Unknown(), new HeartbeatLog(clock), Duration.ZERO, clock);
    assertThat(routes.routes())
        .filteredOn(Route::believes)
        .extracting(Route::toString)
        .containsExactly(
            "GET,POST /ping PING",
            "GET,POST /ping/{name} PING",
            "GET,POST /ping/{name}/{signal} PING");
    assertThat(routes.routes())
        .filteredOn(route -> !route.believes())
        .extracting(Route::toString)
        .containsExactly("GET,POST,DELETE /ping/remove PING", "DELETE /ping/{name} PING");
  }
}
