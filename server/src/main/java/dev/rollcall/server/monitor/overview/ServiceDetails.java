package dev.rollcall.server.monitor.overview;

import dev.rollcall.server.monitor.check.Event;
import dev.rollcall.server.monitor.definition.PublicDefinition;
import dev.rollcall.server.monitor.overview.Overview.Row;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.HourStore;
import dev.rollcall.server.monitor.store.KnownPath;
import dev.rollcall.server.monitor.store.LatencyPeriod;
import dev.rollcall.server.monitor.store.LatencyStore;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.PeriodSummary;
import dev.rollcall.server.monitor.store.Service;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.Tick;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.monitor.store.Uptime;
import dev.rollcall.server.monitor.store.UptimeStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Reads what the page of one service shows.
public final class ServiceDetails {
  private static final int EVENTS = 20;
  private static final int FAILURES = 10;
  private static final int PATHS = 10;
  private static final int MOST_PIECES = 1_000;
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Overview overview;
  private final ServiceStore services;
  private final EventStore events;
  private final TickStore ticks;
  private final HourStore hours;
  private final LatencyStore latencies;
  private final PathStore paths;
  private final UptimeStore uptimes;
  private final Clock clock;

  /// One service at one moment.
  ///
  /// @param row what the overview shows of it
  /// @param day its uptime in the last 24 hours
  /// @param month its uptime in the last 30 days
  /// @param interval of its checks, as its definition has it; empty for one that another reports
  /// @param certificateEnds as last seen
  /// @param keys who is told of it
  /// @param needed what it depends on
  /// @param latency its round trips, if it is pinged
  /// @param hours sums of the last day, an hour or a piece of the chart each, the newest first
  /// @param hourLatencies the round trips of the same hours, if it is pinged
  /// @param events the newest first
  /// @param failures the newest first
  /// @param paths to it, the newest first
  public record Seen(
      Row row,
      Uptime day,
      Uptime month,
      Service.Origin origin,
      Optional<String> interval,
      Optional<Instant> certificateEnds,
      AlertKeys keys,
      List<Needed> needed,
      ResponseChart chart,
      Optional<LatencyChart> latency,
      List<PeriodSummary> hours,
      List<LatencyPeriod> hourLatencies,
      List<Event> events,
      List<Tick> failures,
      List<KnownPath> paths,
      Instant at) {}

  /// Something that a service depends on.
  ///
  /// @param row empty if it is no service
  public record Needed(String name, Optional<Row> row) {}

  public ServiceDetails(
      Overview overview,
      ServiceStore services,
      EventStore events,
      TickStore ticks,
      HourStore hours,
      LatencyStore latencies,
      PathStore paths,
      UptimeStore uptimes,
      Clock clock) {
    this.overview = overview;
    this.services = services;
    this.events = events;
    this.ticks = ticks;
    this.hours = hours;
    this.latencies = latencies;
    this.paths = paths;
    this.uptimes = uptimes;
    this.clock = clock;
  }

  /// One service; empty if there is none in the scope.
  public Optional<Seen> find(Scope scope, long id) {
    Optional<Row> row = overview.find(scope, id);
    return row.flatMap(
        found ->
            services
                .find(scope, id)
                .flatMap(
                    status ->
                        services
                            .definition(scope, id)
                            .map(definition -> seen(scope, found, status.service(), definition))));
  }

  private Seen seen(Scope scope, Row row, Service service, ObjectNode definition) {
    Instant now = clock.wall();
    AlertKeys keys = AlertKeys.stored(definition);
    List<Event> latest = events.of(scope, row.id(), new Slice(EVENTS, 0));
    Duration step = ResponseChart.step(overview.interval(row.id()));
    Duration longer = step.compareTo(HOUR) > 0 ? step : HOUR;
    return new Seen(
        row,
        uptimes.of(service, keys, DAY, now),
        uptimes.of(service, keys, MONTH, now),
        service.origin(),
        Optional.ofNullable(definition.get("interval"))
            .filter(_ -> PublicDefinition.shows("interval"))
            .map(value -> value.asString("")),
        services.certificateEnds(scope, row.id()),
        keys,
        keys.dependsOn().stream()
            .map(name -> new Needed(name, overview.named(service.owner(), name)))
            .toList(),
        ResponseChart.of(now, step, overview.slow(row.id()), sums(scope, row.id(), now, step)),
        latency(scope, row.id(), now, step),
        sums(scope, row.id(), now, longer).reversed(),
        latencies(scope, row.id(), now, longer).orElse(List.of()),
        latest,
        failures(scope, row.id(), latest, now),
        paths.list(scope, row.id(), new Slice(PATHS, 0)),
        now);
  }

  private List<PeriodSummary> sums(Scope scope, long id, Instant now, Duration step) {
    return hours.sums(
        scope,
        id,
        ResponseChart.from(now, step),
        now.plusMillis(1),
        step,
        new Slice(MOST_PIECES, 0));
  }

  private Optional<LatencyChart> latency(Scope scope, long id, Instant now, Duration step) {
    return latencies(scope, id, now, step).map(periods -> LatencyChart.of(now, step, periods));
  }

  /// Empty if it is not pinged.
  private Optional<List<LatencyPeriod>> latencies(
      Scope scope, long id, Instant now, Duration step) {
    return latencies.hasRoundTrips(scope, id)
        ? latencies.between(scope, id, ResponseChart.from(now, step), now.plusMillis(1), step)
        : Optional.empty();
  }

  /// Looks where events say that it was down: the ticks between may be millions.
  private List<Tick> failures(Scope scope, long id, List<Event> latest, Instant now) {
    List<Tick> failures = new ArrayList<>();
    for (Event event : latest) {
      int more = FAILURES - failures.size();
      if (event.kind() == Event.Kind.DOWNTIME && more > 0) {
        Instant end = event.ended().orElse(now);
        failures.addAll(ticks.failures(scope, id, event.started(), end, more));
      }
    }
    return failures;
  }
}
