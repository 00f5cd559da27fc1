package dev.rollcall.probe.spring;

import dev.rollcall.probe.HealthEndpoint;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.servlet.HealthFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/// Auto-configuration for Spring Boot 4: every bean that is a [Probe] goes into one [Prober], with
/// Spring's health indicators; `/_health` answers from it, and Actuator shows the probes as
/// `probes`. Settings: [RollcallHealthProperties].
///
/// The filter comes before those that ask for a login. A [Prober] bean of the application's own
/// takes the place of this one, with the probes that it was given.
@AutoConfiguration(
    afterName =
        "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnBooleanProperty(name = "rollcall.health.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RollcallHealthProperties.class)
public class RollcallHealthAutoConfiguration {
  /// Made by Spring.
  RollcallHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  Prober prober(RollcallHealthProperties properties, ObjectProvider<Probe> probes) {
    Prober prober = new Prober(properties.timeout());
    Groups groups = new Groups(properties.liveness(), properties.reported());
    probes.orderedStream().forEach(probe -> prober.add(probe, groups.of(probe.name())));
    return prober;
  }

  /// Where there are health indicators.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(HealthContributorRegistry.class)
  static class WithIndicators {
    /// Once all beans are there: an indicator may need any of them, and the registry holds the
    /// probes.
    @Bean
    @ConditionalOnBooleanProperty(
        name = "rollcall.health.indicators-as-probes",
        matchIfMissing = true)
    SmartInitializingSingleton indicatorsAsProbes(
        Prober prober,
        RollcallHealthProperties properties,
        ObjectProvider<HealthContributorRegistry> registry) {
      Indicators indicators =
          new Indicators(prober, new Groups(properties.liveness(), properties.reported()));
      return () -> registry.ifAvailable(indicators::add);
    }

    /// Its name without the suffix is what Actuator calls it: `probes`.
    @Bean
    @ConditionalOnBean(Probe.class)
    @ConditionalOnBooleanProperty(
        name = "rollcall.health.probes-as-indicators",
        matchIfMissing = true)
    CompositeHealthContributor probesHealthContributor(
        Prober prober, ObjectProvider<Probe> probes) {
      Map<String, HealthContributor> indicators = new LinkedHashMap<>();
      probes
          .orderedStream()
          .forEach(probe -> indicators.put(probe.name(), new ProbeIndicator(prober, probe.name())));
      return CompositeHealthContributor.fromMap(indicators);
    }
  }

  /// Where the application serves HTTP through a Servlet container.
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnBooleanProperty(name = "rollcall.health.endpoint", matchIfMissing = true)
  static class WithServlets {
    @Bean
    FilterRegistrationBean<HealthFilter> rollcallHealthFilter(
        Prober prober, RollcallHealthProperties properties) {
      HealthEndpoint endpoint = HealthEndpoint.of(prober).at(properties.path());
      FilterRegistrationBean<HealthFilter> filter =
          new FilterRegistrationBean<>(
              new HealthFilter(properties.goClients() ? endpoint.forGoClients() : endpoint));
      filter.addUrlPatterns("/*");
      filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
      return filter;
    }
  }
}
