package dev.rollcall.probe.spring;

import dev.rollcall.probe.Prober;
import dev.rollcall.probe.servlet.HealthFilter;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.HealthEndpointGroups;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

/// `/_health` beside the health of Spring Boot 3's Actuator: on the same server, which may be that
/// of `management.server.port`, and nowhere where Actuator's cannot be asked for.
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnClass(HealthEndpoint.class)
@ConditionalOnAvailableEndpoint(endpoint = HealthEndpoint.class, exposure = EndpointExposure.WEB)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(
    name = {"rollcall.health.enabled", "rollcall.health.endpoint"},
    havingValue = "true",
    matchIfMissing = true)
class Boot3Endpoint {
  @Bean
  ServletRegistrationBean<HealthServlet> rollcallHealth(
      Prober prober, RollcallHealthProperties properties, HealthEndpointGroups groups) {
    return HealthServlet.registration(prober, properties, new ActuatorVisibility(groups));
  }

  @Bean
  @ConditionalOnProperty(name = "rollcall.health.before-login", havingValue = "true")
  FilterRegistrationBean<HealthFilter> rollcallHealthBeforeLogin(
      Prober prober, RollcallHealthProperties properties) {
    return HealthServlet.beforeLogin(prober, properties);
  }

  /// What Actuator itself would show.
  private record ActuatorVisibility(HealthEndpointGroups groups) implements Visibility {
    @Override
    public boolean components(HttpServletRequest request) {
      return groups.getPrimary().showComponents(new RequestSecurity(request));
    }

    @Override
    public boolean details(HttpServletRequest request) {
      return groups.getPrimary().showDetails(new RequestSecurity(request));
    }
  }
}
