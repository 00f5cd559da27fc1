package dev.rollcall.server.http;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// `http_request_duration_seconds`: how long requests take, by method, route and class of status.
/// The route is the pattern (`/v1/services/{id}`), never the path, so that callers cannot add
/// series.
public final class RequestTimes {
  private final Histogram histogram;

  public RequestTimes(PrometheusRegistry registry) {
    this.histogram =
        Histogram.builder()
            .name("http_request_duration_seconds")
            .help("Time from the end of a request's header to the end of its answer.")
            .labelNames("method", "route", "code")
            .classicOnly()
            .classicUpperBounds(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10)
            .withoutExemplars()
            .register(registry);
  }

  Series of(String method, String route) {
    return new Series(method, route);
  }

  /// The series of one method and route. A class of status appears with its first answer.
  final class Series {
    private final String method;
    private final String route;
    private final AtomicReferenceArray<DistributionDataPoint> byClass =
        new AtomicReferenceArray<>(6);

    private Series(String method, String route) {
      this.method = method;
      this.route = route;
    }

    void took(int status, long nanos) {
      int index = status / 100;
      DistributionDataPoint point = byClass.getAcquire(index);
      if (point == null) {
        point = histogram.labelValues(method, route, index + "xx");
        byClass.setRelease(index, point);
      }
      point.observe(nanos / 1e9);
    }
  }
}
