package dev.rollcall.server.deploy;

import static dev.rollcall.lab.ha.SystemdLab.HAPROXY;
import static dev.rollcall.lab.ha.SystemdLab.KEEPALIVED;
import static dev.rollcall.lab.ha.SystemdLab.NODE;
import static dev.rollcall.lab.ha.SystemdLab.REDIS;
import static dev.rollcall.lab.ha.SystemdLab.ROLLCALL;
import static dev.rollcall.lab.ha.SystemdLab.SENTINEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rollcall.lab.ha.SystemdLab;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The units of `deploy/systemd` as they are, run by systemd with everything that they forbid, and
/// those of Debian with our files.
class SystemdIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void theUnitsWorkTogetherWithoutRightsAreStartedAgainAndEndInOrder() {
    try (SystemdLab lab = new SystemdLab(Path.of("..").toAbsolutePath().normalize())) {
      // checks, pings among them, and a node that the server knows
      seen(lab, lab::metrics, "rollcall_service_up{service=\"web\"} 1");
      seen(lab, lab::metrics, "rollcall_service_up{service=\"pinged\"} 1");
      seen(lab, () -> lab.get("/v1/nodes"), "\"name\":\"fra1\",\"state\":\"up\"");
      seen(lab, () -> lab.getThroughBalancer("/v1/_internal/health"), "200 ");
      for (String unit : List.of(REDIS, SENTINEL, HAPROXY, KEEPALIVED)) {
        assertThat(lab.property(unit, "ActiveState")).as(lab::logs).isEqualTo("active");
        assertThat(lab.property(unit, "NRestarts")).as(lab::logs).isEqualTo("0");
      }
      assertThat(lab.run(HAPROXY, "ps", "-o", "user=", "-C", "haproxy")).contains("haproxy");
      for (String unit : List.of(ROLLCALL, NODE)) {
        assertThat(lab.property(unit, "NRestarts")).as(lab::logs).isEqualTo("0");
        String process = lab.property(unit, "MainPID");
        assertThat(lab.run(unit, "cat", "/proc/" + process + "/status"))
            .doesNotContainPattern("Uid:\\s+0")
            .containsPattern("CapBnd:\\s+000000000000" + (unit.equals(NODE) ? "2000" : "0000"))
            .containsPattern("NoNewPrivs:\\s+1")
            .containsPattern("Seccomp:\\s+2");
      }
      assertThat(lab.property(ROLLCALL, "StartLimitIntervalUSec")).isEqualTo("0");
      String killed = lab.property(ROLLCALL, "MainPID");
      lab.run(ROLLCALL, "kill", "-9", killed);
      await().atMost(PATIENCE).until(lab::isReady);
      assertThat(lab.property(ROLLCALL, "MainPID")).isNotEqualTo(killed);
      for (String unit : List.of(ROLLCALL, NODE)) {
        lab.run(unit, "systemctl", "stop", unit);
        assertThat(lab.property(unit, "Result")).as(lab::logs).isEqualTo("success");
      }
    }
  }

  private static void seen(SystemdLab lab, Supplier<String> answer, String part) {
    await(part)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(answer.get()).as(lab::logs).contains(part));
  }
}
