package dev.rollcall.probe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

class IndicatorsTest {
  private static final Groups NO_GROUPS = new Groups(Set.of(), Set.of());

  private static HealthIndicator saying(Health health) {
    return () -> health;
  }

  private static Prober of(Map<String, HealthIndicator> indicators) {
    Prober prober = new Prober();
    new Indicators(prober, NO_GROUPS).add(CompositeHealthContributor.fromMap(indicators));
    return prober;
  }

  @Test
  void takesDownAndOutOfServiceForFailuresAndNothingElse() throws Exception {
    Map<Status, Boolean> expected =
        Map.of(
            Status.UP,
            true,
            Status.UNKNOWN,
            true,
            new Status("BUSY"),
            true,
            Status.DOWN,
            false,
            Status.OUT_OF_SERVICE,
            false);
    for (Map.Entry<Status, Boolean> status : expected.entrySet()) {
      Prober prober = of(Map.of("x", saying(Health.status(status.getKey()).build())));
      assertThat(prober.check().healthy()).as("%s", status).isEqualTo(status.getValue());
    }
  }

  @Test
  void givesTheReasonThatTheIndicatorGives() throws Exception {
    assertThat(
            of(Map.of("x", saying(Health.down(new IllegalStateException("full")).build())))
                .check("x")
                .failure())
        .contains("java.lang.IllegalStateException: full");
    assertThat(of(Map.of("x", saying(Health.outOfService().build()))).check("x").failure())
        .contains("status OUT_OF_SERVICE");
    assertThat(
            of(Map.of("x", saying(Health.status(new Status("DOWN", "at rest")).build())))
                .check("x")
                .failure())
        .contains("status DOWN: at rest");
  }

  @Test
  void namesThoseOfACompositeByTheirWay() {
    Prober prober = new Prober();
    HealthIndicator up = saying(Health.up().build());
    new Indicators(prober, NO_GROUPS)
        .add(
            CompositeHealthContributor.fromMap(
                Map.of("db", CompositeHealthContributor.fromMap(Map.of("orders", up)))));
    assertThat(prober.names()).containsExactly("db/orders");
  }

  @Test
  void leavesOutWhatIsAProbeItself() {
    Prober prober = new Prober();
    new Indicators(prober, NO_GROUPS)
        .add(CompositeHealthContributor.fromMap(Map.of("a", new ProbeIndicator(prober, "a"))));
    assertThat(prober.names()).isEmpty();
  }

  @Test
  void keepsAProbeBesideAnIndicatorOfItsName() {
    Prober prober = new Prober().add(Probe.of("redis", attempt -> {}));
    new Indicators(prober, NO_GROUPS)
        .add(CompositeHealthContributor.fromMap(Map.of("redis", saying(Health.up().build()))));
    assertThat(prober.names()).containsExactly("redis", "indicator/redis");
  }
}
