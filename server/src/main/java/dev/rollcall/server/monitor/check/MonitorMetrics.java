package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.ProbeResult;
import dev.rollcall.server.config.OneLine;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/// The metrics of the services and of the monitor itself.
public final class MonitorMetrics {
  private static final double[] RESPONSE_SECONDS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 15
  };
  private static final double[] LAG_SECONDS = {
    .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 15
  };

  private static final String ANSWERED = "answered";
  private static final String LOST = "lost";
  private static final Map<String, Double> QUANTILES =
      Map.of("min", 0.0, "median", 0.5, "max", 1.0);

  private final Gauge up;
  private final Histogram response;
  private final Counter ticks;
  private final Gauge certificate;
  private final Counter packets;
  private final Gauge roundTrip;
  private final Histogram lag;
  private final Counter skipped;
  private final Map<String, Series> series = new ConcurrentHashMap<>();

  /// The derived services of each `/_health`, and how many reports in a row did not contain them.
  private final Map<String, Map<String, Integer>> derivedServices = new ConcurrentHashMap<>();

  /// The series that change with every check of one service, so that each need not be looked up.
  ///
  /// @param derived whether the service comes from a report
  private record Series(
      GaugeDataPoint up,
      CounterDataPoint ups,
      CounterDataPoint downs,
      DistributionDataPoint response,
      boolean derived) {}

  /// Registers the series that checks change.
  public MonitorMetrics(PrometheusRegistry registry) {
    up =
        Gauge.builder()
            .name("rollcall_service_up")
            .help("1 where the service answered as expected, 0 where not, NaN where unknown.")
            .labelNames("service")
            .withoutExemplars()
            .register(registry);
    response =
        Histogram.builder()
            .name("rollcall_service_response_seconds")
            .help("Time from the start of a check to the end of the answer's header.")
            .labelNames("service")
            .classicOnly() // native histograms and exemplars would triple the memory
            .withoutExemplars()
            .classicUpperBounds(RESPONSE_SECONDS)
            .register(registry);
    ticks =
        Counter.builder()
            .name("rollcall_service_ticks_total")
            .help("Checks of the service that found it up or down.")
            .labelNames("service", "state")
            .withoutExemplars()
            .register(registry);
    certificate =
        Gauge.builder()
            .name("rollcall_service_certificate_expiry_timestamp_seconds")
            .help("When the service's certificate ends, in seconds since 1970.")
            .labelNames("service")
            .register(registry);
    packets =
        Counter.builder()
            .name("rollcall_service_packets_total")
            .help("Packets that were sent to ping the service, by what became of them.")
            .labelNames("service", "result")
            .withoutExemplars()
            .register(registry);
    roundTrip =
        Gauge.builder()
            .name("rollcall_service_round_trip_seconds")
            .help("The shortest, middle and longest round trip of the last ping; NaN without one.")
            .labelNames("service", "of")
            .withoutExemplars()
            .register(registry);
    lag =
        Histogram.builder()
            .name("rollcall_check_lag_seconds")
            .help("Time from the moment a check was due to the moment it was started.")
            .classicOnly()
            .classicUpperBounds(LAG_SECONDS)
            .register(registry);
    skipped =
        Counter.builder()
            .name("rollcall_checks_skipped_total")
            .help("Checks that were not made because there was no free place for them.")
            .register(registry);
  }

  /// Registers the series that are read at each scrape.
  ///
  /// @param inFlight the number of checks under way
  /// @param waiting the number of outcomes that wait for the database
  /// @param lost the number of outcomes lost since the start
  public static void watch(
      PrometheusRegistry registry, IntSupplier inFlight, IntSupplier waiting, LongSupplier lost) {
    GaugeWithCallback.builder()
        .name("rollcall_checks_in_flight")
        .help("Checks under way.")
        .callback(callback -> callback.call(inFlight.getAsInt()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("rollcall_outcomes_waiting")
        .help("Outcomes of checks that wait for the database to come back.")
        .callback(callback -> callback.call(waiting.getAsInt()))
        .register(registry);
    CounterWithCallback.builder()
        .name("rollcall_outcomes_lost_total")
        .help("Outcomes of checks that were lost: too many waited, or others were newer.")
        .callback(callback -> callback.call((double) lost.getAsLong()))
        .register(registry);
  }

  /// Counts an observation, and those of derived services in it. Services of accounts have no
  /// series: a series is known by its name, and the metrics are for the operator.
  public void observed(ScheduledCheck check, Observation observation) {
    if (!check.isOperators()) {
      return;
    }
    String service = check.name();
    Series its = series.get(service);
    if (its == null || its.derived()) {
      its = series.compute(service, (name, _) -> begun(name, false));
    }
    count(its, observation);
    observation
        .measurements()
        .certificateEnds()
        .ifPresent(
            ends -> certificate.labelValues(shown(service)).set((double) ends.getEpochSecond()));
    observation.measurements().roundTrips().ifPresent(trips -> pinged(shown(service), trips));
    if (check.asksDependencies()) {
      reported(service, observation);
    } else {
      forgetDerived(service);
    }
  }

  private void pinged(String service, LatencyHistogram trips) {
    packets.labelValues(service, ANSWERED).inc((double) trips.sent() - trips.lost());
    packets.labelValues(service, LOST).inc((double) trips.lost());
    QUANTILES.forEach(
        (name, share) ->
            roundTrip
                .labelValues(service, name)
                .set(trips.quantile(share).map(MonitorMetrics::seconds).orElse(Double.NaN)));
  }

  /// A name that belongs to another service stays with it.
  private void reported(String parent, Observation observation) {
    Map<String, Integer> missed =
        derivedServices.computeIfAbsent(parent, _ -> new ConcurrentHashMap<>());
    Optional<List<ProbeResult>> report = observation.measurements().dependencies();
    if (report.isEmpty()) {
      missed.keySet().forEach(child -> its(child).ifPresent(one -> one.up().set(Double.NaN)));
      return;
    }
    missed.replaceAll((_, times) -> times + 1);
    DependencyReport.named(report.get())
        .forEach(
            (part, found) -> {
              String child = DependencyReport.name(parent, part);
              missed.put(child, 0);
              Series one = series.computeIfAbsent(child, name -> begun(name, true));
              if (one.derived()) {
                count(one, DependencyReport.observation(observation.at(), found));
              }
            });
    missed.forEach(
        (child, times) -> {
          if (times >= DependencyReport.PATIENCE) {
            missed.remove(child);
            its(child).ifPresent(_ -> drop(child));
          }
        });
  }

  /// The series of a derived service.
  private Optional<Series> its(String child) {
    return Optional.ofNullable(series.get(child)).filter(Series::derived);
  }

  private void forgetDerived(String parent) {
    Map<String, Integer> children = derivedServices.remove(parent);
    if (children != null) {
      children.keySet().forEach(child -> its(child).ifPresent(_ -> drop(child)));
    }
  }

  /// The name as the value of a label, without characters that a terminal cannot show, and another
  /// one for each name.
  private static String shown(String service) {
    return OneLine.of(service.replace("\\", "\\\\"));
  }

  private Series begun(String name, boolean derived) {
    String service = shown(name);
    return new Series(
        up.labelValues(service),
        ticks.labelValues(service, State.UP.word()),
        ticks.labelValues(service, State.DOWN.word()),
        response.labelValues(service),
        derived);
  }

  private static void count(Series its, Observation observation) {
    switch (observation) {
      case Observation.Unknown _ -> its.up().set(Double.NaN);
      case Observation.Up _, Observation.Slow _ -> tick(its, its.ups(), 1, observation);
      case Observation.Down _ -> tick(its, its.downs(), 0, observation);
    }
  }

  private static void tick(Series its, CounterDataPoint ticks, int value, Observation observation) {
    its.up().set(value);
    ticks.inc();
    its.response().observe(seconds(observation.response()));
  }

  void started(Duration late) {
    lag.observe(seconds(late));
  }

  void skipped() {
    skipped.inc();
  }

  /// Removes the series of a service that is no longer checked here.
  public void forget(String service) {
    forgetDerived(service);
    drop(service);
  }

  private void drop(String name) {
    series.remove(name);
    String service = shown(name);
    up.remove(service);
    response.remove(service);
    ticks.remove(service, State.UP.word());
    ticks.remove(service, State.DOWN.word());
    certificate.remove(service);
    packets.remove(service, ANSWERED);
    packets.remove(service, LOST);
    QUANTILES.keySet().forEach(of -> roundTrip.remove(service, of));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
