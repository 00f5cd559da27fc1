package dev.rollcall.server.app;

import dev.rollcall.server.app.ServeSettings.Listener;
import dev.rollcall.server.app.ServeSettings.Web;
import dev.rollcall.server.config.Secret;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Handler;
import dev.rollcall.server.http.HttpListener;
import dev.rollcall.server.http.Listening;
import dev.rollcall.server.http.Management;
import dev.rollcall.server.http.RequestTimes;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.http.Unavailable;
import dev.rollcall.server.sql.StorageException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// How a process listens: the same token, logs and times on each of its ports.
final class Listeners {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Web web;
  private final ErrorShape errors;
  private final RequestTimes times;

  /// @param errors how errors are written where no route is found
  Listeners(Web web, ErrorShape errors, PrometheusRegistry registry) {
    this.web = web;
    this.errors = errors;
    this.times = new RequestTimes(registry);
  }

  /// Opens a port.
  ///
  /// @param setting what the operator changes to have another
  HttpListener open(Listener listener, String setting, List<Route> routes) {
    return HttpListener.open(
        Listening.on(listener.host(), listener.port(), setting)
            .withErrors(errors)
            .withAccessLog(web.accessLog()),
        routes,
        new Management(web.token().map(Secret::reveal), Set.of(listener.host())),
        times);
  }

  /// A database that does not answer is no bug of ours: 503, and when to ask again.
  static Handler saying503(Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (StorageException e) {
        throw new Unavailable(e.reason(), RETRY_AFTER, e);
      }
    };
  }

  static String url(Listener listener, HttpListener open) {
    String host = listener.host().equals("0.0.0.0") ? "localhost" : listener.host();
    return "http://" + host + ":" + open.port();
  }
}
