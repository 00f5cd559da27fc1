package dev.rollcall.server.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.TestClock;
import dev.rollcall.server.time.Pauses;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckRunnerTest {
  private final TestClock clock = new TestClock();
  private final Pauses pauses = new Pauses(clock);
  private final CheckRunner runner =
      new CheckRunner(
          new HostLimit(1),
          2,
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

  /// Each owner has its own places at a host, and all accounts together leave room for the
  /// operator.
  @Test
  void checksOfAccountsThatHangLeaveRoomForThoseOfOthers() throws Exception {
    CountDownLatch underWay = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    Probe hanging =
        Probe.of(
            "hangs",
            _ -> {
              underWay.countDown();
              end.await();
            });
    Probe quick = Probe.of("quick", _ -> {});
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        Future<Observation> _ = threads.submit(() -> runner.ask(check(7, hanging), clock.wall()));
        Future<Observation> _ = threads.submit(() -> runner.ask(check(8, hanging), clock.wall()));
        assertThat(underWay.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(runner.ask(check(Scope.OPERATOR, quick), clock.wall()))
            .isInstanceOf(Observation.Up.class);
        assertThat(runner.ask(check(9, quick), clock.wall()))
            .isInstanceOfSatisfying(
                Observation.Unknown.class,
                unknown ->
                    assertThat(unknown.reason())
                        .isEqualTo(
                            "not checked: too many checks of accounts are under way (see"
                                + " monitor.in-flight)"));
      } finally {
        end.countDown();
      }
    }
    assertThat(runner.ask(check(9, quick), clock.wall())).isInstanceOf(Observation.Up.class);
  }

  private static ScheduledCheck check(Probe probe) {
    return check(Scope.OPERATOR, probe);
  }

  private static ScheduledCheck check(long owner, Probe probe) {
    return new ScheduledCheck(
        1,
        owner,
        "one",
        URI.create("http://127.0.0.1:1"),
        Duration.ofSeconds(60),
        Duration.ofSeconds(8),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        false,
        1,
        ReferencedSecrets.NOTHING,
        probe);
  }
}
