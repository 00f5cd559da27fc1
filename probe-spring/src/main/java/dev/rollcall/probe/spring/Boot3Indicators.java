package dev.rollcall.probe.spring;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.health.CompositeHealthContributor;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthContributor;
import org.springframework.boot.actuate.health.HealthContributorRegistry;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.NamedContributor;
import org.springframework.boot.actuate.health.NamedContributors;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Probes as health indicators of Spring Boot 3, and the other way round.
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(HealthContributorRegistry.class)
class Boot3Indicators {
  /// A probe, asked as a health indicator.
  record ProbeIndicator(Prober prober, String name) implements HealthIndicator {
    @Override
    public Health health() {
      Shown shown = Shown.of(prober, name);
      return Health.status(shown.status()).withDetails(shown.details()).build();
    }
  }

  /// Once all beans are there: an indicator may need any of them, and the registry holds the
  /// probes.
  @Bean
  @ConditionalOnProperty(
      name = "rollcall.health.indicators-as-probes",
      havingValue = "true",
      matchIfMissing = true)
  SmartInitializingSingleton indicatorsAsProbes(
      Prober prober,
      RollcallHealthProperties properties,
      ObjectProvider<HealthContributorRegistry> registry) {
    Indicators indicators = Indicators.into(prober, properties);
    return () -> {
      HealthContributorRegistry contributors = registry.getIfAvailable();
      if (contributors == null) {
        Indicators.sayThatNoneIsAsked();
      } else {
        addAll(indicators, "", contributors);
      }
    };
  }

  /// Its name without the suffix is what Actuator calls it: `probes`.
  @Bean
  @ConditionalOnBean(Probe.class)
  @ConditionalOnProperty(
      name = "rollcall.health.probes-as-indicators",
      havingValue = "true",
      matchIfMissing = true)
  CompositeHealthContributor probesHealthContributor(Prober prober, ObjectProvider<Probe> probes) {
    Map<String, HealthContributor> indicators = new LinkedHashMap<>();
    Indicators.namesInActuator(probes.orderedStream().map(Probe::name))
        .forEach((name, probe) -> indicators.put(name, new ProbeIndicator(prober, probe)));
    return CompositeHealthContributor.fromMap(indicators);
  }

  static void addAll(
      Indicators indicators, String prefix, NamedContributors<HealthContributor> contributors) {
    for (NamedContributor<HealthContributor> entry : contributors) {
      add(indicators, prefix + entry.getName(), entry.getContributor());
    }
  }

  private static void add(Indicators indicators, String name, HealthContributor contributor) {
    if (contributor instanceof CompositeHealthContributor composite) {
      addAll(indicators, name + "/", composite);
    } else if (contributor instanceof HealthIndicator indicator
        && !(indicator instanceof ProbeIndicator)) { // or it would ask itself
      indicators.add(name, () -> found(indicator.health()));
    }
  }

  private static @Nullable Found found(@Nullable Health health) {
    if (health == null) {
      return null;
    }
    Status status = health.getStatus();
    return new Found(status.getCode(), status.getDescription(), health.getDetails());
  }
}
