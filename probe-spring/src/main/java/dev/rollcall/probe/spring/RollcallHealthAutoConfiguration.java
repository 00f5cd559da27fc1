package dev.rollcall.probe.spring;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.Prober;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/// Auto-configuration for Spring Boot 3.5 and 4: it adds every [Probe] bean and Spring's health
/// indicators to one [Prober]. `/_health` uses that prober, and Actuator shows the probes as
/// `probes`. Settings: [RollcallHealthProperties].
///
/// `/_health` is where Actuator's health is: on the management server, behind the same filters. It
/// shows only what the settings of Actuator allow.
///
/// A [Prober] bean of the application replaces this one, with its own probes.
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.actuate.autoconfigure.health.HealthEndpointAutoConfiguration",
      "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration"
    })
@ConditionalOnProperty(
    name = "rollcall.health.enabled",
    havingValue = "true",
    matchIfMissing = true)
@EnableConfigurationProperties(RollcallHealthProperties.class)
@Import({Boot3Indicators.class, Boot4Indicators.class, WithoutActuator.class, Meters.class})
public class RollcallHealthAutoConfiguration {
  /// Made by Spring.
  RollcallHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  Prober prober(RollcallHealthProperties properties, ObjectProvider<Probe> probes) {
    Prober prober = new Prober(properties.timeout());
    Groups groups = Groups.of(properties);
    probes.orderedStream().forEach(probe -> prober.add(probe, groups.of(probe.name())));
    return prober;
  }
}
