package dev.rollcall.server.monitor.routes;

import dev.rollcall.server.http.Json;
import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.check.LatencyHistogram;
import dev.rollcall.server.monitor.check.State;
import dev.rollcall.server.monitor.definition.OperatorDefinition;
import dev.rollcall.server.monitor.definition.PublicDefinition;
import dev.rollcall.server.monitor.store.KnownPath;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import dev.rollcall.server.monitor.store.Metric;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.Uptime;
import dev.rollcall.server.owner.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The JSON of the API, with exactly the keys of go-service-healthcheck. Times are Unix seconds.
final class MonitorJson {
  private static final String SECRET = "***";

  private MonitorJson() {}

  /// One row of `GET /v1/services`.
  static void status(JsonGenerator json, ServiceStatus status) {
    json.writeStartObject();
    fields(json, status, PublicDefinition.url(status.service().url()));
    json.writeEndObject();
  }

  /// `GET /v1/services/{id}`: the row, and the definition of the service. What may be secret is
  /// `***`.
  ///
  /// @param uptimes by the span of time that they are of
  /// @param operator whether the caller is the operator, who may see more
  static void whole(
      JsonGenerator json,
      ServiceStatus status,
      Map<String, Uptime> uptimes,
      ObjectNode definition,
      Optional<Instant> certificateEnds,
      boolean operator,
      Optional<String> hint) {
    String url = status.service().url();
    json.writeStartObject();
    fields(json, status, operator ? OperatorDefinition.url(url) : PublicDefinition.url(url));
    json.writeName("uptime").writeStartObject();
    uptimes.forEach(
        (span, uptime) -> {
          json.writeName(span).writeStartObject();
          percent(json, "percent", uptime.percent());
          percent(json, "without_maintenance", uptime.withoutMaintenance());
          json.writeEndObject();
        });
    json.writeEndObject();
    json.writeStringProperty("origin", status.service().origin().word());
    if (certificateEnds.isPresent()) {
      seconds(json, "certificate_ends_at", certificateEnds.get());
    }
    for (Map.Entry<String, JsonNode> field : definition.properties()) {
      String key = field.getKey();
      JsonNode value = field.getValue();
      if (key.equals("name") || key.equals("url")) {
        continue; // they are in the row
      }
      json.writeName(key);
      if (PublicDefinition.shows(key) || (operator && OperatorDefinition.shows(key))) {
        json.writeRawValue(value.toString());
      } else if (value.isObject()) {
        json.writeStartObject();
        for (Map.Entry<String, JsonNode> inner : value.properties()) {
          json.writeName(inner.getKey());
          String name = inner.getKey();
          boolean known = key.equals("tls") && PublicDefinition.showsOfTls(name);
          if (known || (operator && OperatorDefinition.shows(key, name))) {
            json.writeRawValue(inner.getValue().toString());
          } else {
            json.writeString(SECRET);
          }
        }
        json.writeEndObject();
      } else {
        json.writeString(SECRET);
      }
    }
    hint.ifPresent(text -> json.writeStringProperty("hint", text));
    json.writeEndObject();
  }

  private static void fields(JsonGenerator json, ServiceStatus status, String url) {
    Service service = status.service();
    seconds(json, "created_at", service.createdAt());
    json.writeName("current_status");
    event(json, status.event());
    json.writeNumberProperty("id", service.id());
    json.writeName("latest_event").writeStartObject().writeName("data");
    event(json, status.event());
    json.writeEndObject();
    json.writeName("metric").writeStartObject().writeName("data");
    metric(json, status.metric());
    json.writeEndObject();
    json.writeStringProperty("name", service.name());
    if (service.owner() != Scope.OPERATOR) {
      json.writeNumberProperty("owner", service.owner());
    }
    seconds(json, "updated_at", service.updatedAt());
    json.writeStringProperty("url", url);
    newest(json, status);
  }

  /// The state, since when, and why: fields that go-service-healthcheck does not have.
  private static void newest(JsonGenerator json, ServiceStatus status) {
    json.writeStringProperty("state", status.state().map(State::word).orElse("new"));
    status.since().ifPresent(since -> seconds(json, "since", since));
    status.why().ifPresent(reason -> json.writeStringProperty("reason", reason));
    millis(json, "last_response_time_ms", status.response());
  }

  static void event(JsonGenerator json, Event event) {
    json.writeStartObject();
    seconds(json, "created_at", event.createdAt());
    Json.seconds(json, "date_ended", event.ended());
    seconds(json, "date_started", event.started());
    json.writeStringProperty("event", event.kind().word());
    json.writeNumberProperty("id", event.id());
    event.cause().ifPresent(cause -> json.writeStringProperty("reason", cause));
    seconds(json, "updated_at", event.updatedAt());
    json.writeEndObject();
  }

  /// One row of `GET /v1/services/{id}/ticks`. Missing measurements are left out.
  static void tick(JsonGenerator json, Tick tick) {
    json.writeStartObject();
    json.writeName("at");
    Json.number(json, tick.at().toEpochMilli() / 1000.0);
    json.writeStringProperty("state", tick.state().word());
    Json.millis(json, "response_time_ms", tick.response());
    millis(json, "dns_ms", tick.phases().dns());
    millis(json, "connect_ms", tick.phases().connect());
    millis(json, "tls_ms", tick.phases().tls());
    millis(json, "first_byte_ms", tick.phases().firstByte());
    millis(json, "total_ms", tick.phases().total());
    tick.status().ifPresent(code -> json.writeNumberProperty("http_status", code));
    json.writeNumberProperty("redirects", tick.redirects());
    tick.roundTrips().ifPresent(trips -> roundTrips(json, trips));
    tick.reason().ifPresent(reason -> json.writeStringProperty("reason", reason));
    json.writeEndObject();
  }

  private static void roundTrips(JsonGenerator json, LatencyHistogram trips) {
    loss(json, trips);
    millis(json, "min_ms", trips.quantile(0));
    millis(json, "median_ms", trips.quantile(0.5));
    millis(json, "max_ms", trips.quantile(1));
  }

  private static void loss(JsonGenerator json, LatencyHistogram latencies) {
    json.writeNumberProperty("sent", latencies.sent());
    json.writeNumberProperty("lost", latencies.lost());
    json.writeName("loss_percent");
    Json.number(json, latencies.lossPercent());
  }

  /// One row of `GET /v1/services/{id}/latency`. Without an answer it has no times.
  static void latency(JsonGenerator json, LatencyPeriod period) {
    LatencyHistogram latencies = period.latencies();
    json.writeStartObject();
    seconds(json, "at", period.from());
    json.writeNumberProperty("seconds", period.length().toSeconds());
    loss(json, latencies);
    millis(json, "min_ms", latencies.quantile(0));
    millis(json, "p50_ms", latencies.quantile(0.5));
    millis(json, "p90_ms", latencies.quantile(0.9));
    millis(json, "p95_ms", latencies.quantile(0.95));
    millis(json, "p99_ms", latencies.quantile(0.99));
    millis(json, "max_ms", latencies.quantile(1));
    json.writeEndObject();
  }

  /// One row of `GET /v1/services/{id}/paths`.
  static void path(JsonGenerator json, KnownPath known) {
    json.writeStartObject();
    seconds(json, "since", known.since());
    Json.seconds(json, "until", known.until());
    json.writeBooleanProperty("reached", known.path().reached());
    if (known.changedTtl() > 0) {
      json.writeNumberProperty("changed_ttl", known.changedTtl());
    }
    json.writeName("hops").writeStartArray();
    for (int ttl = 1; ttl <= known.path().hops().size(); ttl++) {
      json.writeStartObject().writeNumberProperty("ttl", ttl);
      json.writeName("addresses").writeStartArray();
      known.path().at(ttl).forEach(json::writeString);
      json.writeEndArray().writeEndObject();
    }
    json.writeEndArray().writeEndObject();
  }

  /// One row of `GET /v1/services/{id}/ticks?step=`, with averages.
  static void sum(JsonGenerator json, PeriodSummary periodSummary) {
    json.writeStartObject();
    seconds(json, "at", periodSummary.from());
    json.writeNumberProperty("tick_count", periodSummary.up() + periodSummary.down());
    json.writeNumberProperty("up_count", periodSummary.up());
    json.writeNumberProperty("down_count", periodSummary.down());
    json.writeNumberProperty("unknown_count", periodSummary.unknown());
    millis(
        json,
        "average_response_time_ms",
        periodSummary.response().map(PeriodSummary.Response::mean));
    millis(json, "min_response_time_ms", periodSummary.response().map(PeriodSummary.Response::min));
    millis(json, "max_response_time_ms", periodSummary.response().map(PeriodSummary.Response::max));
    json.writeEndObject();
  }

  private static void event(JsonGenerator json, Optional<Event> event) {
    if (event.isPresent()) {
      event(json, event.get());
    } else {
      json.writeNull();
    }
  }

  private static void metric(JsonGenerator json, Metric metric) {
    json.writeStartObject().writeName("average_response_time_ms");
    Json.number(json, metric.averageResponseMs());
    json.writeNumberProperty("down_count", metric.down());
    json.writeNumberProperty("tick_count", metric.ticks());
    json.writeNumberProperty("up_count", metric.up());
    percent(json, "uptime_percent", metric.uptimePercent());
    json.writeEndObject();
  }

  private static void percent(JsonGenerator json, String name, OptionalDouble percent) {
    json.writeName(name);
    if (percent.isPresent()) {
      Json.number(json, percent.getAsDouble());
    } else {
      json.writeNull();
    }
  }

  private static void seconds(JsonGenerator json, String name, Instant instant) {
    json.writeNumberProperty(name, instant.getEpochSecond());
  }

  private static void millis(JsonGenerator json, String name, Optional<Duration> duration) {
    duration.ifPresent(took -> Json.millis(json, name, took));
  }
}
