package dev.rollcall.probe.spring;

import dev.rollcall.probe.Prober;
import dev.rollcall.probe.micrometer.ProbeMeters;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Meters of the probes, in applications that have Micrometer and `dev.rollcall:probe-micrometer`:
/// Spring binds them to its registry.
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({MeterBinder.class, ProbeMeters.class})
class Meters {
  @Bean
  @ConditionalOnMissingBean
  ProbeMeters rollcallProbeMeters(Prober prober) {
    return new ProbeMeters(prober);
  }
}
