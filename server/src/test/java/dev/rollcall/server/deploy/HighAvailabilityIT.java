package dev.rollcall.server.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.ha.Lab;
import dev.rollcall.lab.ha.Report;
import dev.rollcall.lab.ha.Scenario;
import dev.rollcall.lab.ha.Scenarios;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The short form of `lab/ha/run`: two balancers, two processes, PostgreSQL with a standby, and
/// Redis with a replica and Sentinel, run by the files in `deploy/` under load, of which each part
/// fails for two seconds. A quarter of the heartbeats are called that `lab/ha/run` calls.
class HighAvailabilityIT {
  private static final Duration HOLD = Duration.ofSeconds(2);

  /// Its processes live for seconds.
  private static final Map<String, String> QUICK_START =
      Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");

  @Test
  void whateverFailsNothingAcknowledgedIsLostAndNobodyIsToldTwiceOrWrongly() {
    List<Report> reports = new ArrayList<>();
    try (Lab lab = new Lab(Path.of("..").toAbsolutePath().normalize(), QUICK_START, 1)) {
      for (Scenario scenario : Scenarios.all()) {
        Report report = lab.run(scenario, HOLD);
        System.out.println(report);
        reports.add(report);
      }
    }
    assertThat(reports).allMatch(Report::isGood);
  }
}
