package dev.rollcall.probe;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Optional;

/// [HealthEndpoint] in the JDK's own HTTP server; requests for other paths go to the handler it
/// wraps.
///
/// ```java
/// HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
/// server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
/// server.createContext("/", HealthHandler.of(prober, application));
/// server.start();
/// ```
///
/// A caller is authorized ([Show#WHEN_AUTHORIZED]) if an `Authenticator` of the server has accepted
/// it.
///
/// Give the server such an executor. Without it the server handles one request at a time, and each
/// waits for the slowest probe.
public final class HealthHandler implements HttpHandler {
  private static final int LARGEST_WRITE = 16 * 1024;

  private final HealthEndpoint endpoint;
  private final HttpHandler wrapped;

  private HealthHandler(HealthEndpoint endpoint, HttpHandler wrapped) {
    this.endpoint = endpoint;
    this.wrapped = wrapped;
  }

  /// A handler only for health, with the default settings of [HealthEndpoint]. Every other path
  /// gets 404.
  public static HealthHandler of(Prober prober) {
    return of(HealthEndpoint.of(prober), HealthHandler::notFound);
  }

  /// A handler around that of the application, with the default settings of [HealthEndpoint].
  public static HealthHandler of(Prober prober, HttpHandler wrapped) {
    return of(HealthEndpoint.of(prober), wrapped);
  }

  /// A handler around that of the application.
  public static HealthHandler of(HealthEndpoint endpoint, HttpHandler wrapped) {
    return new HealthHandler(endpoint, wrapped);
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Optional<HealthAnswer> answer = answer(exchange);
    if (answer.isPresent()) {
      send(exchange, answer.get());
    } else {
      wrapped.handle(exchange);
    }
  }

  private Optional<HealthAnswer> answer(HttpExchange exchange) throws IOException {
    try {
      return endpoint.answer(
          exchange.getRequestMethod(),
          String.valueOf(exchange.getRequestURI().getPath()),
          exchange.getPrincipal() != null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the probes were checked");
    }
  }

  private static void send(HttpExchange exchange, HealthAnswer answer) throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      answer.headers().forEach(headers::set);
      byte[] body = answer.body();
      if (exchange.getRequestMethod().equals("HEAD")) {
        headers.set("Content-Length", String.valueOf(body.length));
        exchange.sendResponseHeaders(answer.status(), -1);
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        write(exchange.getResponseBody(), body);
      }
    }
  }

  /// Writes in pieces: the server copies each write whole, once for every client that does not
  /// read.
  private static void write(OutputStream out, byte[] body) throws IOException {
    for (int at = 0; at < body.length; at += LARGEST_WRITE) {
      out.write(body, at, Math.min(LARGEST_WRITE, body.length - at));
    }
  }

  private static void notFound(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(404, -1);
    }
  }
}
