package dev.rollcall.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.lab.ha.Lab;
import dev.rollcall.lab.ha.Report;
import dev.rollcall.lab.ha.Scenario;
import dev.rollcall.lab.ha.Scenarios;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two balancers, two processes, PostgreSQL with a standby, and Redis with a replica, set up with
/// the files of `deploy/` as they are: each of them fails for a moment, under load. `lab/ha/run`
/// does the same for an hour.
@Timeout(300)
class HighAvailabilityIT {
  private static final Duration MOMENT = Duration.ofMillis(1500);

  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = new Lab(Path.of("..").toAbsolutePath().normalize());
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void nothingIsLostAndNobodyIsToldTwice(Scenario scenario) {
    Report report = lab.run(scenario, MOMENT);
    System.out.println(report);
    assertThat(report.lost()).isEmpty();
    assertThat(report.alerts()).isEmpty();
    assertThat(report.trouble()).isEmpty();
  }
}
