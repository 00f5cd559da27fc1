package dev.rollcall.server.monitor;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.EchoSender;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.PublicResolver;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.monitor.check.CheckRunner;
import dev.rollcall.server.monitor.check.HostLimit;
import dev.rollcall.server.monitor.check.MonitorMetrics;
import dev.rollcall.server.monitor.check.OwnNetwork;
import dev.rollcall.server.monitor.definition.ProbeFactory;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.overview.Overview;
import dev.rollcall.server.monitor.overview.ServiceDetails;
import dev.rollcall.server.monitor.overview.SharedOutcomes;
import dev.rollcall.server.monitor.path.PathTracer;
import dev.rollcall.server.monitor.path.TracedService;
import dev.rollcall.server.monitor.routes.MonitorRoutes;
import dev.rollcall.server.monitor.routes.UrlRoutes;
import dev.rollcall.server.monitor.schedule.DueServices;
import dev.rollcall.server.monitor.schedule.OutcomeWriter;
import dev.rollcall.server.monitor.schedule.PathWatch;
import dev.rollcall.server.monitor.schedule.Runner;
import dev.rollcall.server.monitor.schedule.Schedule;
import dev.rollcall.server.monitor.store.EventStore;
import dev.rollcall.server.monitor.store.HourStore;
import dev.rollcall.server.monitor.store.LatencyStore;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.monitor.store.ServiceChanges;
import dev.rollcall.server.monitor.store.ServiceStatus;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.ServiceSubjects;
import dev.rollcall.server.monitor.store.Slice;
import dev.rollcall.server.monitor.store.TickRetention;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.monitor.store.TracedServices;
import dev.rollcall.server.monitor.store.UptimeStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.redis.Redis;
import dev.rollcall.server.signal.Circles;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Pauses;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The entry point of the package for the composition root.
///
/// Every process with a monitor answers the API. The process whose [#start] was called also runs
/// the checks; on PostgreSQL there may be several.
public final class Monitor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Monitor.class.getName());

  /// This is enough for an outage of 20 seconds at 5,000 checks a second, of 2.5 minutes with
  /// 10,000 services every 15 s, or of 4 hours with 100 services.
  private static final int MOST_WAITING = 100_000;

  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V1__monitor.sql",
          "db/migration/V5__derived.sql",
          "db/sqlite/V9__begin_service_owner.sql",
          "db/sqlite/V10__service_owner.sql",
          "db/postgres/V10__service_owner.sql",
          "db/migration/V14__confirmed.sql",
          "db/migration/V23__tick_retention.sql",
          "db/migration/V34__warnings.sql",
          "db/sqlite/V44__service_group.sql",
          "db/postgres/V44__service_group.sql",
          "db/migration/V46__tick_round_trips.sql",
          "db/migration/V47__hour_round_trips.sql",
          "db/migration/V53__service_path.sql",
          "db/migration/V54__service_lost.sql",
          "db/postgres/V61__written_fence.sql");

  private final ServiceReader reader;
  private static final int DELETED_AT_ONCE = 500;

  private final ServiceChanges changes;
  private final ServiceStore services;
  private final MonitorRoutes routes;
  private final UrlRoutes urls;
  private final Overview overview;
  private final ServiceDetails details;
  private final ProbeFactory probes;
  private final Schedule schedule;
  private final OutcomeWriter writer;
  private final DueServices dueServices;
  private final Runner runner;
  private final Clock clock;
  private final Pauses pauses;
  private final OwnNetwork network;
  private final TickRetention tickRetention;
  private final PathWatch paths;

  /// The services of the configuration file, while they could not be written.
  private volatile Optional<ServiceChanges.File> wanted = Optional.empty();

  private volatile Optional<String> refusal = Optional.empty();

  /// @param redis in front of the database, if there is one
  /// @param signals gets the confirmed changes of the services' states
  /// @param circles finds those of `depends-on`
  /// @param spans in which the uptime of services is counted in another way
  /// @param echoes pings hosts
  /// @param tracer traces the paths to them
  public Monitor(
      Database database,
      GroupCommit commits,
      Optional<Redis> redis,
      MonitorSettings settings,
      SignalWriter signals,
      Circles circles,
      UptimeSpans spans,
      EchoSender echoes,
      PathTracer tracer,
      PrometheusRegistry registry,
      Clock clock) {
    this.clock = clock;
    this.pauses = new Pauses(clock);
    this.network = new OwnNetwork(settings.witnesses(), clock);
    reader = new ServiceReader(settings.defaults());
    PublicResolver publicOnly = new PublicResolver(Resolver.ofStrangers(), settings.reach());
    ServiceReader ofAccounts = reader.ofAccounts(publicOnly::permits);
    overview = new Overview(database, clock);
    changes =
        new ServiceChanges(
            database,
            commits,
            settings.ofAccounts(),
            signals,
            circles,
            clock,
            ids -> {
              overview.changed(ids);
              servicesChanged();
            });
    services = new ServiceStore(database);
    UptimeStore uptimes = new UptimeStore(database, spans);
    PathStore pathStore = new PathStore(database, commits);
    paths = new PathWatch(tracer, Resolver.system(), pathStore, clock);
    routes =
        new MonitorRoutes(
            new MonitorRoutes.Stores(
                services,
                changes,
                new EventStore(database),
                new TickStore(database),
                new HourStore(database),
                new LatencyStore(database),
                pathStore,
                uptimes),
            reader,
            ofAccounts,
            clock);
    details =
        new ServiceDetails(
            overview,
            services,
            new EventStore(database),
            new TickStore(database),
            new HourStore(database),
            new LatencyStore(database),
            pathStore,
            uptimes,
            clock);
    urls =
        new UrlRoutes(
            services, changes, ofAccounts, new TickStore(database), settings.statuses(), clock);
    probes = new ProbeFactory(new Dialer(Resolver.system()), new Dialer(publicOnly), echoes);
    schedule = new Schedule(database, commits, clock);
    writer =
        new OutcomeWriter(
            database,
            commits,
            schedule,
            MOST_WAITING,
            reader,
            clock,
            signals,
            redis.isPresent() ? new SharedOutcomes(overview, redis.get()) : overview::committed);
    if (redis.isPresent()) {
      writer.through(redis.get());
    }
    MonitorMetrics metrics = new MonitorMetrics(registry);
    tickRetention = new TickRetention(database, commits, settings.retention(), clock);
    dueServices = new DueServices(schedule, services, reader, probes, writer, clock);
    runner =
        new Runner(
            dueServices,
            new CheckRunner(
                new HostLimit(settings.perHost()),
                settings.inFlightOfAccounts(),
                network,
                pauses,
                metrics,
                clock),
            paths,
            writer,
            metrics,
            pauses,
            clock,
            settings.inFlight());
    MonitorMetrics.watch(registry, runner::inFlight, writer::waiting, writer::lost);
  }

  /// The number of checks under way.
  public int inFlight() {
    return runner.inFlight();
  }

  /// The number of outcomes that wait for the database.
  public int waiting() {
    return writer.waiting();
  }

  /// How far the database is behind: what was found longer ago is written, as far as this process
  /// knows. What waits in Redis is that of all processes.
  public Duration lag() {
    return writer.lag();
  }

  /// Whether checks reach something: false while our own network is down.
  public boolean hasNetwork() {
    return !network.isDown();
  }

  /// Whether checks go on while the database is away, and Redis keeps what they find.
  public boolean goesOnInRedis() {
    return runner.isWithoutDatabase() && writer.isKeptInRedis();
  }

  /// Calls this after each commit after which services that are traced are lost, or no longer. It
  /// returns at once.
  public void whenLost(Runnable changed) {
    writer.whenLost(changed);
  }

  /// The services that are traced, down, and were traced since.
  public static List<TracedService> lost(Handle handle) {
    return TracedServices.lost(handle);
  }

  /// The services that are traced and up.
  public static List<TracedService> well(Handle handle) {
    return TracedServices.well(handle);
  }

  /// Notes where in the network services are lost.
  public static void place(Handle tx, List<TracedServices.Placed> lost) {
    TracedServices.place(tx, lost);
  }

  private void servicesChanged() {
    runner.servicesChanged();
  }

  /// The routes of the monitor.
  public List<Route> routes() {
    return Stream.of(routes.routes(), urls.routes()).flatMap(List::stream).toList();
  }

  /// The services for the pages.
  public Overview overview() {
    return overview;
  }

  /// What the page of one service shows.
  public ServiceDetails details() {
    return details;
  }

  /// Whether outcomes are written in time. It fails when more than half of the places for waiting
  /// outcomes are in use, which is before any is lost.
  public Probe outcomes() {
    return Probe.of(
        "outcomes",
        attempt -> {
          int waiting = writer.waiting();
          if (waiting > MOST_WAITING / 2) {
            throw new ProbeFailure(
                "%d results wait for the database; above %d the oldest are lost"
                    .formatted(waiting, MOST_WAITING));
          }
        });
  }

  /// Why services are not checked, if the checks of this process have stopped.
  public Optional<String> trouble() {
    return wanted.isPresent()
        ? Optional.of("the services of the configuration file are not in the database yet")
        : runner.trouble();
  }

  /// Replaces the services of the configuration file.
  ///
  /// @param fewer whether more than half of the services may be removed
  /// @throws dev.rollcall.server.sql.StorageException while the database is unavailable; the last
  ///   services passed here are written once it is available
  public synchronized void apply(List<ServiceDefinition> definitions, boolean fewer) {
    apply(new ServiceChanges.File(definitions, fewer));
  }

  private synchronized void apply(ServiceChanges.File file) {
    wanted = Optional.of(file);
    ServiceChanges.Synced synced = changes.sync(file);
    wanted = Optional.empty();
    refusal =
        synced.refused()
            ? Optional.of(
                ("%d services, more than half, would be removed: restore the whole file, or set"
                        + " fewer-services: true in it if this is intended")
                    .formatted(synced.retired()))
            : Optional.empty();
    if (refusal.isPresent()) {
      LOG.log(
          Level.WARNING,
          "the configuration file was rejected, the previous services are still checked: {0}",
          refusal.get());
    } else if (synced.added() + synced.changed() + synced.retired() > 0) {
      LOG.log(
          Level.INFO,
          "services of the configuration file: {0,number,#} new, {1,number,#} changed,"
              + " {2,number,#} removed",
          synced.added(),
          synced.changed(),
          synced.retired());
    }
  }

  /// Deletes all services of an account.
  public void deleteOf(long owner) {
    Scope scope = Scope.of(owner);
    List<ServiceStatus> some;
    do {
      some = services.list(scope, new Slice(DELETED_AT_ONCE, 0));
      some.forEach(one -> changes.delete(one.service().id()));
    } while (!some.isEmpty());
  }

  /// The number of services in the database that come from a configuration file.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is unavailable
  public int filed() {
    return services.filed();
  }

  /// Why the services of the file were rejected, if they were.
  public Optional<String> refusal() {
    return refusal;
  }

  /// Starts the checks. If the database is unavailable, the services of the file are checked from
  /// memory, and the outcomes are written once it is available.
  ///
  /// @param definitions the services of the configuration file; they have been applied unless the
  ///   database is unavailable
  public void start(List<ServiceDefinition> definitions) {
    pauses.start();
    runner.start(this::prepare, () -> dueServices.expect(definitions, clock.wall()));
  }

  private synchronized void prepare() {
    wanted.ifPresent(this::apply);
    schedule.rows().releaseAbandoned();
    tickRetention.start();
  }

  /// Services as the subjects of incidents.
  public static Subjects subjects() {
    return new ServiceSubjects();
  }

  /// Stops the checks, and writes the outcomes so far.
  @Override
  public void close() {
    runner.close();
    paths.close();
    pauses.close();
    tickRetention.close();
    probes.close();
  }
}
