package dev.rollcall.server;

import static dev.rollcall.server.RunningRollcall.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.server.Receiver.Call;
import dev.rollcall.server.RunningRollcall.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Who is told that a job is silent, whatever the receiver does and the server goes through.
@Execution(ExecutionMode.CONCURRENT)
class HeartbeatAlertIT {
  @TempDir Path folder;

  private static void ping(RunningRollcall rollcall, String name, String frequency) {
    assertThat(rollcall.get("/ping?name=" + name + "&frequency=" + frequency).status())
        .isEqualTo(200);
  }

  @Test
  void aSilentJobIsToldAndToldAgainAndADeadReceiverGathersNoHeap() throws Exception {
    try (Receiver receiver = new Receiver();
        RunningRollcall rollcall =
            Plan.in(folder)
                .variable("PING_ALERT_URI", receiver.url())
                .flags("--heartbeat-realert=1s")
                .start()) {
      long at = Instant.now().getEpochSecond();
      rollcall.get("/ping?name=nightly%20backup%2F%26&frequency=2s&timestamp=" + at);
      ping(rollcall, "calls", "1h");
      await().atMost(PATIENCE).until(() -> receiver.calls().size() >= 3);
      Call first = receiver.calls().getFirst();
      assertThat(first.query()).isEqualTo("team=7&name=nightly%20backup%2F%26&last_ping=" + at);
      assertThat(first.at()).isAfterOrEqualTo(Instant.ofEpochSecond(at + 2));
      assertThat(receiver.about("calls")).isEmpty();
      rollcall.get("/ping?name=nightly%20backup%2F%26&frequency=1h");
      int calls = receiver.calls().size();
      await()
          .during(Duration.ofMillis(2_500))
          .atMost(PATIENCE)
          .until(() -> receiver.calls().size() <= calls + 1);
      rollcall.send("DELETE", "/ping/calls", "");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(rollcall.log())
                      .contains("heartbeat 'nightly backup/&' is late")
                      .contains("heartbeat 'nightly backup/&' is up again")
                      .contains("heartbeat 'calls' was removed by 127.0.0.1"));

      receiver.answer(503);
      ping(rollcall, "job", "1s");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rollcall.rows("/v1/deliveries").stream()
                      .anyMatch(row -> row.get("coalesced").asInt() >= 2));
      assertThat(rollcall.rows("/v1/deliveries?state=pending")).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void aReceiverThatFailsHangsAndComesBackIsToldInTheEnd() throws Exception {
    try (Receiver receiver = new Receiver();
        RunningRollcall rollcall =
            Plan.in(folder)
                .variable("PING_ALERT_URI", receiver.url())
                .flags("--heartbeat-realert=1h")
                .start()) {
      receiver.answer(500);
      ping(rollcall, "failing", "1s");
      await().atMost(PATIENCE).until(() -> receiver.about("failing").size() >= 2);
      receiver.hang();
      ping(rollcall, "hanging", "1s");
      await().atMost(PATIENCE).until(() -> !receiver.about("hanging").isEmpty());
      receiver.answer(200);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> answered(receiver.about("failing")) && answered(receiver.about("hanging")));
      await()
          .atMost(PATIENCE)
          .until(() -> rollcall.rows("/v1/deliveries?state=delivered").size() == 2);
    }
  }

  private static boolean answered(List<Call> calls) {
    return calls.stream().anyMatch(call -> call.answered() == 200);
  }

  @Test
  void whatIsOwedSurvivesAKillAndMomentsThatPassedWhileItWasDownGetAGrace() throws Exception {
    try (Receiver receiver = new Receiver()) {
      receiver.answer(500);
      Plan plan =
          Plan.in(folder)
              .asProcess()
              .variable("PING_ALERT_URI", receiver.url())
              .flags("--heartbeat-startup-grace=8s");
      Instant due;
      try (RunningRollcall first = plan.start()) {
        ping(first, "owed", "1s");
        await().atMost(PATIENCE).until(() -> !receiver.about("owed").isEmpty());
        ping(first, "silent", "6s"); // killed long before, on a slow machine too
        ping(first, "recovering", "6s");
        due = Instant.now().plusSeconds(6);
        first.kill();
      }
      await().atMost(PATIENCE).until(() -> Instant.now().isAfter(due));
      receiver.answer(200);
      Instant before = Instant.now();
      try (RunningRollcall second = plan.start()) {
        ping(second, "recovering", "1h");
        await().atMost(PATIENCE).until(() -> answered(receiver.about("owed")));
        await().atMost(PATIENCE).until(() -> !receiver.about("silent").isEmpty());
        assertThat(receiver.about("silent").getFirst().at()).isAfter(before.plusSeconds(8));
        assertThat(receiver.about("silent")).hasSize(1);
        assertThat(receiver.about("recovering")).isEmpty();
        assertThat(second.log()).doesNotContain("ERROR");
      }
    }
  }

  /// The receiver would take it for one that is silent now, and nobody would tell it otherwise.
  @Test
  void anAlertThatHasNotArrivedIsWithdrawnOnceTheJobCallsOrIsGone() throws Exception {
    try (Receiver receiver = new Receiver();
        RunningRollcall rollcall =
            Plan.in(folder).variable("PING_ALERT_URI", receiver.url()).start()) {
      receiver.answer(500);
      List<String> names = List.of("recovered", "removed", "paused", "failed", "silent");
      names.forEach(name -> ping(rollcall, name, "1s"));
      await()
          .atMost(PATIENCE)
          .until(() -> names.stream().noneMatch(name -> receiver.about(name).isEmpty()));
      ping(rollcall, "recovered", "1h");
      assertThat(rollcall.get("/ping/failed/2?frequency=1h").status()).isEqualTo(200);
      assertThat(rollcall.send("DELETE", "/ping/removed", "").status()).isEqualTo(200);
      assertThat(rollcall.send("POST", "/v1/heartbeats/paused/pause", "").status()).isEqualTo(200);
      assertThat(rollcall.rows("/v1/deliveries?state=withdrawn"))
          .extracting(row -> row.get("subject").stringValue())
          .containsExactlyInAnyOrder(
              "heartbeat:recovered", "heartbeat:failed", "heartbeat:removed", "heartbeat:paused");
      int before = receiver.calls().size();
      receiver.answer(200);
      await()
          .atMost(Duration.ofSeconds(60)) // there may be a long pause before the next attempt
          .until(() -> rollcall.rows("/v1/deliveries?state=delivered").size() == 2);
      assertThat(rollcall.rows("/v1/deliveries?state=pending")).isEmpty();
      assertThat(receiver.calls().subList(before, receiver.calls().size()))
          .filteredOn(call -> call.answered() == 200)
          .allMatch(
              call ->
                  call.query().contains("name=silent&") || call.query().endsWith("reason=failed"));
    }
  }
}
