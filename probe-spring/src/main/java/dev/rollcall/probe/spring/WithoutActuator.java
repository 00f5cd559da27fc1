package dev.rollcall.probe.spring;

import dev.rollcall.probe.Prober;
import dev.rollcall.probe.servlet.HealthFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// `/_health` in applications that have no Actuator, which shows what the settings below
/// `rollcall.health` say.
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingClass(
    "org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(
    name = "rollcall.health.endpoint",
    havingValue = "true",
    matchIfMissing = true)
class WithoutActuator {
  @Bean
  ServletRegistrationBean<HealthServlet> rollcallHealth(
      Prober prober, RollcallHealthProperties properties) {
    return HealthServlet.registration(prober, properties, OwnVisibility.of(properties));
  }

  @Bean
  @ConditionalOnProperty(name = "rollcall.health.before-login", havingValue = "true")
  FilterRegistrationBean<HealthFilter> rollcallHealthBeforeLogin(
      Prober prober, RollcallHealthProperties properties) {
    return HealthServlet.beforeLogin(prober, properties);
  }
}
