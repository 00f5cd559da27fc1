package dev.rollcall.probe.spring;

import dev.rollcall.probe.Prober;
import java.lang.System.Logger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Puts health indicators into a prober: each under its name, those of a composite as
/// `composite/name`.
record Indicators(Prober prober, Groups groups) {
  private static final Logger LOG = System.getLogger(Indicators.class.getName());

  static Indicators into(Prober prober, RollcallHealthProperties properties) {
    return new Indicators(prober, Groups.of(properties));
  }

  void add(String name, Supplier<@Nullable Found> indicator) {
    // a probe of that name stays: it was named by somebody, the indicator by Spring
    String free = prober.names().contains(name) ? "indicator/" + name : name;
    prober.add(new IndicatorProbe(free, indicator), groups.of(free));
  }

  /// The probes by what Actuator calls them. A name with a `/`, which is a step in its paths, would
  /// keep the application from starting.
  static Map<String, String> namesInActuator(Stream<String> probes) {
    Map<String, String> names = new LinkedHashMap<>();
    probes.forEach(
        probe -> {
          String name = probe.replace('/', '-');
          while (!names.getOrDefault(name, probe).equals(probe)) {
            name += "-";
          }
          names.put(name, probe);
        });
    return names;
  }

  /// Spring Boot 3 has a registry only where its health endpoint is.
  static void sayThatNoneIsAsked() {
    LOG.log(
        Logger.Level.WARNING,
        "Spring's health indicators are not asked: the application has no registry of them, as its"
            + " health endpoint is not available (management.endpoint.health.access,"
            + " management.endpoints.web.exposure.*); probes are");
  }
}
