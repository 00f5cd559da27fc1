package dev.rollcall.probe.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeResult;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class IndicatorsTest {
  private static final Groups NO_GROUPS = new Groups(Set.of(), Set.of());

  private final Prober prober = new Prober();
  private final Indicators indicators = new Indicators(prober, NO_GROUPS);

  private ProbeResult ask(@Nullable Found found) throws Exception {
    indicators.add("x", () -> found);
    return prober.check("x");
  }

  @ParameterizedTest
  @CsvSource({
    "UP, OK",
    "UNKNOWN, OK",
    "BUSY, OK",
    "DEGRADED, DEGRADED",
    "DOWN, DOWN",
    "OUT_OF_SERVICE, DOWN"
  })
  void takesDownAndOutOfServiceForFailures(String status, Status expected) throws Exception {
    assertThat(ask(new Found(status, "", Map.of())).status()).isEqualTo(expected);
  }

  @Test
  void givesTheReasonThatTheIndicatorGives() throws Exception {
    assertThat(ask(new Found("DOWN", "", Map.of("error", "disk full", "free", 0))))
        .satisfies(
            full -> {
              assertThat(full.failure()).contains("disk full");
              assertThat(full.details()).isEqualTo(Map.of("free", "0"));
            });
  }

  @Test
  void givesTheStatusForAReasonWhereThereIsNone() throws Exception {
    assertThat(ask(new Found("OUT_OF_SERVICE", "", Map.of())).reason())
        .contains("status OUT_OF_SERVICE");
  }

  @Test
  void givesTheDescriptionOfTheStatus() throws Exception {
    assertThat(ask(new Found("DEGRADED", "one of two", Map.of())).reason())
        .contains("status DEGRADED: one of two");
  }

  @Test
  void saysThatAnIndicatorGaveNoAnswer() throws Exception {
    assertThat(ask(null).failure()).contains("the health indicator gave no answer");
  }

  @Test
  void namesThoseOfACompositeByTheirWayAndLeavesProbesOut() {
    Boot3Indicators.addAll(
        indicators,
        "",
        org.springframework.boot.actuate.health.CompositeHealthContributor.fromMap(
            Map.of(
                "db",
                org.springframework.boot.actuate.health.CompositeHealthContributor.fromMap(
                    Map.of("orders", new Boot3Indicators.ProbeIndicator(prober, "orders"))),
                "disk",
                org.springframework.boot.actuate.health.CompositeHealthContributor.fromMap(
                    Map.of(
                        "of3",
                        new org.springframework.boot.actuate.health.PingHealthIndicator())))));
    Boot4Indicators.addAll(
        indicators,
        "",
        org.springframework.boot.health.contributor.CompositeHealthContributor.fromMap(
            Map.of(
                "db",
                org.springframework.boot.health.contributor.CompositeHealthContributor.fromMap(
                    Map.of("orders", new Boot4Indicators.ProbeIndicator(prober, "orders"))),
                "disk",
                org.springframework.boot.health.contributor.CompositeHealthContributor.fromMap(
                    Map.of(
                        "of4",
                        new org.springframework.boot.health.contributor.PingHealthIndicator())))));
    assertThat(prober.names()).containsExactly("disk/of3", "disk/of4");
  }

  @Test
  void keepsAProbeBesideAnIndicatorOfItsName() {
    prober.add(Probe.of("redis", attempt -> {}));
    indicators.add("redis", () -> new Found("UP", "", Map.of()));
    assertThat(prober.names()).containsExactly("redis", "indicator/redis");
  }

  @Test
  void showsProbesAsActuatorNamesStates() {
    prober.add(
        Probe.of(
            "half",
            attempt -> {
              attempt.detail("replicas", "1 of 2");
              attempt.degraded("a replica is away");
            }));
    Shown shown = Shown.of(prober, "half");
    assertThat(shown.status()).isEqualTo("DEGRADED");
    assertThat(shown.details())
        .containsEntry("degraded", "a replica is away")
        .containsEntry("replicas", "1 of 2")
        .containsKey("duration");
  }

  private static ObjectProvider<Probe> beans(String... names) {
    DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
    for (String name : names) {
      beans.registerSingleton(name, Probe.of(name, attempt -> {}));
    }
    return beans.getBeanProvider(Probe.class);
  }

  /// An application would not start: Actuator refuses such names.
  @Test
  void givesActuatorNamesThatItTakes() {
    ObjectProvider<Probe> probes = beans("queue/in", "queue-in", "https://pay.example/health");
    List<String> of3 = new ArrayList<>();
    for (var entry : new Boot3Indicators().probesHealthContributor(prober, probes)) {
      of3.add(entry.getName());
    }
    assertThat(of3)
        .containsExactlyInAnyOrder("queue-in", "queue-in-", "https:--pay.example-health");
    assertThat(
            new Boot4Indicators()
                .probesHealthContributor(prober, probes).stream().map(entry -> entry.name()))
        .containsExactlyInAnyOrderElementsOf(of3);
  }

  @Test
  void doesNotKnowAProbeThatTheApplicationsOwnProberLacks() {
    Shown shown = Shown.of(prober, "inbox");
    assertThat(shown.status()).isEqualTo("UNKNOWN");
    assertThat(shown.details()).containsOnlyKeys("error");
  }
}
