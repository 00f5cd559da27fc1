package dev.rollcall.probe.servlet;

import dev.rollcall.probe.HealthAnswer;
import dev.rollcall.probe.HealthEndpoint;
import dev.rollcall.probe.Prober;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.function.Predicate;

/// `/_health` in a Servlet container (Servlet 6.0 or newer); requests for other paths pass on
/// through the chain.
///
/// Map it to `/*`. Before filters that ask for a login everybody gets an answer, and nobody is
/// known by name; behind them it is asked for by whom they let in:
///
/// ```java
/// context.addFilter("health", new HealthFilter(prober))
///     .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
/// ```
///
/// Paths are those within the web application. A request waits on the container's thread for the
/// slowest probe, the prober's timeout (10 s by default) at most.
public final class HealthFilter implements Filter {
  private final HealthEndpoint endpoint;
  private final Predicate<HttpServletRequest> authorized;

  /// A filter with the settings that [HealthEndpoint] begins with.
  public HealthFilter(Prober prober) {
    this(HealthEndpoint.of(prober));
  }

  /// A filter to which whoever has logged in is authorized.
  public HealthFilter(HealthEndpoint endpoint) {
    this(endpoint, request -> request.getUserPrincipal() != null);
  }

  /// A filter.
  ///
  /// @param authorized who may see what the endpoint shows
  ///   [dev.rollcall.probe.Show#WHEN_AUTHORIZED]: `request -> request.isUserInRole("operator")`
  public HealthFilter(HealthEndpoint endpoint, Predicate<HttpServletRequest> authorized) {
    this.endpoint = endpoint;
    this.authorized = authorized;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest question
        && response instanceof HttpServletResponse reply) {
      Optional<HealthAnswer> answer = answer(question);
      if (answer.isPresent()) {
        send(question, reply, answer.get());
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private Optional<HealthAnswer> answer(HttpServletRequest request) throws IOException {
    String rest = request.getPathInfo();
    String path = rest == null ? request.getServletPath() : request.getServletPath() + rest;
    try {
      return endpoint.answer(request.getMethod(), path, authorized.test(request));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the probes were checked");
    }
  }

  private static void send(
      HttpServletRequest request, HttpServletResponse response, HealthAnswer answer)
      throws IOException {
    byte[] body = answer.body();
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    response.setContentLength(body.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(body);
    }
  }
}
