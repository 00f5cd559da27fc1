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

/// `/_health` in a Servlet container (Servlet 6.0 or newer). Requests for other paths continue
/// through the filter chain.
///
/// Map it to `/*`. If it comes before filters that require a login, everybody gets an answer and
/// nobody is authorized. If it comes after them, only callers that they accept reach it:
///
/// ```java
/// context.addFilter("health", new HealthFilter(prober))
///     .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
/// ```
///
/// Paths are relative to the web application. A request waits on the thread of the container for
/// the slowest probe, at most for the timeout of the prober (10 s by default).
public final class HealthFilter implements Filter {
  private final HealthEndpoint endpoint;
  private final Predicate<HttpServletRequest> authorized;

  /// A filter with the default settings of [HealthEndpoint].
  public HealthFilter(Prober prober) {
    this(HealthEndpoint.of(prober));
  }

  /// A filter for which all callers who have logged in are authorized.
  public HealthFilter(HealthEndpoint endpoint) {
    this(endpoint, request -> request.getUserPrincipal() != null);
  }

  /// A filter.
  ///
  /// @param authorized who may see what the endpoint shows
  ///   [dev.rollcall.probe.Show#WHEN_AUTHORIZED]: `request -> request.isUserInRole("operator")`.
  ///   Asked only for requests to the endpoint
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
      return endpoint.answer(request.getMethod(), path, () -> authorized.test(request));
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
