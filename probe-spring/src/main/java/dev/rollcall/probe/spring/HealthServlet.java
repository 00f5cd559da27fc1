package dev.rollcall.probe.spring;

import dev.rollcall.probe.HealthEndpoint;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Show;
import dev.rollcall.probe.servlet.HealthFilter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.core.Ordered;

/// `/_health` as a servlet, which every filter of the application comes before: whoever a filter
/// turns away from Actuator's health it turns away from here.
final class HealthServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient Visibility visibility;
  private final transient HealthFilter status;
  private final transient HealthFilter components;
  private final transient HealthFilter details;

  private HealthServlet(HealthEndpoint endpoint, Visibility visibility) {
    this.visibility = visibility;
    this.status = new HealthFilter(endpoint.probes(Show.NEVER));
    this.components = new HealthFilter(endpoint.details(Show.NEVER));
    this.details = new HealthFilter(endpoint);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    shownTo(request)
        .doFilter(
            request,
            response,
            (other, reply) ->
                ((HttpServletResponse) reply).sendError(HttpServletResponse.SC_NOT_FOUND));
  }

  private HealthFilter shownTo(HttpServletRequest request) {
    if (!visibility.components(request)) {
      return status;
    }
    return visibility.details(request) ? details : components;
  }

  /// Registers it, or, where health is to be asked for before any login, a filter that tells nobody
  /// more than whether all is well.
  static ServletRegistrationBean<HealthServlet> registration(
      Prober prober, RollcallHealthProperties properties, Visibility visibility) {
    HealthEndpoint endpoint = endpoint(prober, properties);
    ServletRegistrationBean<HealthServlet> servlet =
        new ServletRegistrationBean<>(new HealthServlet(endpoint, visibility), paths(properties));
    servlet.setName("rollcallHealth");
    return servlet;
  }

  static FilterRegistrationBean<HealthFilter> beforeLogin(
      Prober prober, RollcallHealthProperties properties) {
    FilterRegistrationBean<HealthFilter> filter =
        new FilterRegistrationBean<>(
            new HealthFilter(endpoint(prober, properties).probes(Show.NEVER)));
    filter.setName("rollcallHealthBeforeLogin");
    filter.addUrlPatterns(paths(properties));
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
    return filter;
  }

  private static HealthEndpoint endpoint(Prober prober, RollcallHealthProperties properties) {
    HealthEndpoint endpoint = HealthEndpoint.of(prober).at(properties.path());
    return properties.goClients() ? endpoint.forGoClients() : endpoint;
  }

  private static String[] paths(RollcallHealthProperties properties) {
    String path = properties.path();
    return new String[] {path, path + "/live", path + "/ready"};
  }
}
