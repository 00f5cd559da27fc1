package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.time.Pauses;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckRunnerTest {
  private final TestClock clock = new TestClock();
  private final Pauses pauses = new Pauses(clock);
  private final CheckRunner runner =
      new CheckRunner(
          new HostLimit(1),
          new OwnNetwork(List.of(), clock),
          pauses,
          new MonitorMetrics(new PrometheusRegistry()),
          clock);

  /// A check with a timeout of 8 s that fails after `seconds`, in which the process stood still.
  @ParameterizedTest
  @CsvSource({
    "0, no answer, DOWN",
    "1, no answer, DOWN", // a quarter of the timeout is 2 s
    "3, no answer, UNKNOWN",
    "8, no answer, UNKNOWN",
    "8, status 500, DOWN", // it has answered, whatever happened here
    "0, here, UNKNOWN",
  })
  void aFailureWhileTheProcessStoodStillIsUnknown(int seconds, String failure, State state)
      throws InterruptedException {
    pauses.start();
    Probe probe =
        Probe.of(
            "one",
            _ -> {
              clock.pass(Duration.ofSeconds(seconds));
              switch (failure) {
                case "here" -> throw ProbeFailure.here(failure);
                case "no answer" -> throw new ProbeFailure(failure);
                default -> throw ProbeFailure.answered(failure);
              }
            });
    Observation found = runner.ask(check(probe), clock.wall());
    assertThat(State.of(found)).isEqualTo(state);
    if (state == State.UNKNOWN && seconds > 0) {
      assertThat(((Observation.Unknown) found).reason()).startsWith("Rollcall stood still");
    }
  }

  private static ScheduledCheck check(Probe probe) {
    return new ScheduledCheck(
        1,
        Scope.OPERATOR,
        "one",
        URI.create("http://127.0.0.1:1"),
        Duration.ofSeconds(60),
        Duration.ofSeconds(8),
        Confirmation.DEFAULT,
        1,
        ReferencedSecrets.NOTHING,
        probe);
  }
}
