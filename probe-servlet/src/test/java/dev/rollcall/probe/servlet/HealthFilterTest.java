package dev.rollcall.probe.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rollcall.probe.HealthEndpoint;
import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probe.Prober;
import dev.rollcall.probe.Show;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is shown what, behind a login that believes whatever name it is told.
@Timeout(60)
class HealthFilterTest {
  private final HealthEndpoint endpoint =
      HealthEndpoint.of(
              new Prober()
                  .add(
                      Probe.of(
                          "vault",
                          attempt -> {
                            throw new ProbeFailure("shut");
                          })))
          .details(Show.WHEN_AUTHORIZED);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Server server = new Server(0);

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.stop();
  }

  private void serve(HealthFilter filter) throws Exception {
    Filter login =
        (request, response, chain) ->
            chain.doFilter(new Named((HttpServletRequest) request), response);
    ServletContextHandler application = new ServletContextHandler();
    application.addFilter(new FilterHolder(login), "/*", EnumSet.of(DispatcherType.REQUEST));
    application.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(application);
    server.start();
  }

  private String health(@Nullable String user) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getURI().getPort() + "/_health"));
    if (user != null) {
      request.header("User", user);
    }
    return client.send(request.build(), BodyHandlers.ofString()).body();
  }

  /// A request of whom its header names, who has the role of that name.
  private static final class Named extends HttpServletRequestWrapper {
    Named(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
      String name = getHeader("User");
      return name == null ? null : () -> name;
    }

    @Override
    public boolean isUserInRole(String role) {
      return role.equals(getHeader("User"));
    }
  }

  @Test
  void showsWhyToWhoeverHasLoggedIn() throws Exception {
    serve(new HealthFilter(endpoint));
    assertThat(health(null)).contains("\"vault\"").doesNotContain("shut");
    assertThat(health("anna")).contains("probe check failed: shut");
  }

  @Test
  void showsWhyToThoseWhomTheApplicationCallsAuthorized() throws Exception {
    serve(new HealthFilter(endpoint, request -> request.isUserInRole("operator")));
    assertThat(health("anna")).contains("\"vault\"").doesNotContain("shut");
    assertThat(health("operator")).contains("probe check failed: shut");
  }

  @Test
  void asksNobodyWhoIsAuthorizedForRequestsToTheApplication() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    serve(
        new HealthFilter(
            endpoint,
            request -> {
              asked.incrementAndGet();
              throw new IllegalStateException("the directory is away");
            }));
    URI orders = URI.create("http://127.0.0.1:" + server.getURI().getPort() + "/orders");
    assertThat(client.send(HttpRequest.newBuilder(orders).build(), BodyHandlers.ofString()))
        .extracting(HttpResponse::statusCode)
        .isEqualTo(404); // the application has nothing there
    assertThat(asked).hasValue(0);
    assertThat(health("anna")).contains("\"vault\"").doesNotContain("shut");
    assertThat(asked).hasValue(1);
  }
}
