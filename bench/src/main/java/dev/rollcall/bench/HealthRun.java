package dev.rollcall.bench;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HttpCodeStatusMapper;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.DefaultHealthContributorRegistry;

/// For JMH: one run of 20 checks that return at once. With the prober, with the endpoint of
/// Actuator, and with a plain loop on the calling thread, which has no timeout and runs one check
/// after the other.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HealthRun {
  private static final int CHECKS = 20;

  private final Prober prober = new Prober();
  private final List<Probe> probes = new ArrayList<>();
  private final HealthEndpoint actuator;

  /// Called by JMH.
  public HealthRun() {
    DefaultHealthContributorRegistry registry = new DefaultHealthContributorRegistry();
    for (int i = 0; i < CHECKS; i++) {
      Probe probe = Probe.of("probe " + i, attempt -> {});
      probes.add(probe);
      prober.add(probe);
      registry.registerContributor("probe" + i, (HealthIndicator) HealthRun::up);
    }
    actuator =
        new HealthEndpoint(
            registry,
            null,
            HealthEndpointGroups.of(new Everything(), Map.of()),
            Duration.ofSeconds(10));
  }

  private static Health up() {
    return Health.up().build();
  }

  @Benchmark
  public Report prober() throws InterruptedException {
    return prober.check();
  }

  @Benchmark
  public String proberAndJson() throws InterruptedException {
    return prober.check().json();
  }

  @Benchmark
  public HealthDescriptor actuator() {
    return actuator.health();
  }

  @Benchmark
  public Map<String, Duration> loop() throws Exception {
    Map<String, Duration> results = new LinkedHashMap<>();
    for (Probe probe : probes) {
      Attempt attempt = Attempt.within(Prober.DEFAULT_TIMEOUT);
      probe.check(attempt);
      results.put(probe.name(), attempt.elapsed());
    }
    return results;
  }

  /// All indicators, with their details.
  private static final class Everything implements HealthEndpointGroup {
    private final StatusAggregator aggregator = StatusAggregator.getDefault();
    private final HttpCodeStatusMapper codes = HttpCodeStatusMapper.of(Map.of());

    @Override
    public boolean isMember(String name) {
      return true;
    }

    @Override
    public boolean showComponents(SecurityContext caller) {
      return true;
    }

    @Override
    public boolean showDetails(SecurityContext caller) {
      return true;
    }

    @Override
    public StatusAggregator getStatusAggregator() {
      return aggregator;
    }

    @Override
    public HttpCodeStatusMapper getHttpCodeStatusMapper() {
      return codes;
    }

    @Override
    public @Nullable AdditionalHealthEndpointPath getAdditionalPath() {
      return null;
    }
  }
}
