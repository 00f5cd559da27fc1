package dev.rollcall.probe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProbeMetersTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final Prober prober =
      new Prober()
          .add(Probe.of("orders", attempt -> asked.incrementAndGet()))
          .add(Probe.of("replica", attempt -> attempt.degraded("behind")))
          .add(
              Probe.of(
                  "cache",
                  attempt -> {
                    throw new ProbeFailure("refused");
                  }));
  private final MeterRegistry registry = new SimpleMeterRegistry();

  private double read(String meter, String probe) {
    return registry.get(meter).tag("probe", probe).gauge().value();
  }

  @Test
  void tellTheStateAndTheTimeOfEveryProbe() {
    new ProbeMeters(prober).bindTo(registry);
    assertThat(read("rollcall.probe.healthy", "orders")).isEqualTo(1);
    assertThat(read("rollcall.probe.healthy", "replica")).isEqualTo(1);
    assertThat(read("rollcall.probe.healthy", "cache")).isZero();
    assertThat(read("rollcall.probe.degraded", "orders")).isZero();
    assertThat(read("rollcall.probe.degraded", "replica")).isEqualTo(1);
    assertThat(read("rollcall.probe.degraded", "cache")).isZero();
    double took =
        registry
            .get("rollcall.probe.duration")
            .tag("probe", "orders")
            .timeGauge()
            .value(TimeUnit.SECONDS);
    assertThat(took).isBetween(1e-9, 5.0);
  }

  @Test
  void askOnceForAllMetersWhileTheAnswerIsFresh() {
    new ProbeMeters(prober).bindTo(registry);
    assertThat(asked).hasValue(0);
    for (String probe : prober.names()) {
      assertThat(read("rollcall.probe.healthy", probe)).isNotNaN();
      assertThat(read("rollcall.probe.duration", probe)).isNotNaN();
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void askAgainOnceItIsNot() {
    new ProbeMeters(prober, Duration.ZERO).bindTo(registry);
    assertThat(read("rollcall.probe.healthy", "orders")).isEqualTo(1);
    prober.add(
        Probe.of(
            "orders",
            attempt -> {
              throw new ProbeFailure("away");
            }));
    assertThat(read("rollcall.probe.healthy", "orders")).isZero();
  }

  @Test
  void areThereForProbesThatWereAddedLater() {
    new ProbeMeters(prober, Duration.ZERO).bindTo(registry);
    prober.add(Probe.of("later", attempt -> {}));
    assertThat(read("rollcall.probe.healthy", "orders")).isEqualTo(1);
    assertThat(read("rollcall.probe.healthy", "later")).isEqualTo(1);
  }
}
