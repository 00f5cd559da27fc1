package dev.rollcall.server.monitor;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Dialer;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.Clock;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The service monitor as a whole: what the composition root holds.
///
/// Every process that has one answers the API; the one (or, on PostgreSQL, the ones) whose [#start]
/// was called also asks the services.
public final class Monitor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Monitor.class.getName());

  /// Twenty seconds of outage at 5,000 checks a second, two and a half minutes with 10,000 services
  /// every 15 s, four hours with a hundred.
  private static final int MOST_WAITING = 100_000;

  /// How services are asked.
  ///
  /// @param defaults what holds where a service does not say otherwise
  /// @param perHost checks at once of one host and port
  /// @param inFlight checks at once in all
  /// @param retention how long ticks are kept
  /// @param witnesses addresses that tell whether our own network works; may be empty
  public record Settings(
      ServiceReader.Defaults defaults,
      int perHost,
      int inFlight,
      Duration retention,
      List<InetSocketAddress> witnesses) {}

  private final ServiceReader reader;
  private final ServiceChanges changes;
  private final ServiceStore services;
  private final MonitorRoutes routes;
  private final Overview overview;
  private final ProbeFactory probes;
  private final Schedule schedule;
  private final OutcomeWriter writer;
  private final DueServices dueServices;
  private final Runner runner;
  private final Clock clock;
  private final TickRetention tickRetention;

  /// The services of the file that the database has not taken yet.
  private volatile Optional<File> wanted = Optional.empty();

  private volatile Optional<String> refusal = Optional.empty();

  /// What the configuration file says.
  ///
  /// @param fewer whether most of the services that were there may be gone
  public record File(List<ServiceDefinition> services, boolean fewer) {}

  public Monitor(
      Database database,
      GroupCommit commits,
      Settings settings,
      PrometheusRegistry registry,
      Clock clock) {
    this.clock = clock;
    reader = new ServiceReader(settings.defaults());
    CurrentStates states = new CurrentStates(database, clock);
    overview = new Overview(states);
    changes =
        new ServiceChanges(
            commits,
            clock,
            ids -> {
              states.changed(ids);
              overview.committed();
            });
    services = new ServiceStore(database);
    routes =
        new MonitorRoutes(
            new MonitorRoutes.Stores(
                services,
                changes,
                new EventStore(database),
                new TickStore(database),
                new HourStore(database)),
            reader,
            clock);
    probes = new ProbeFactory(new Dialer(Resolver.system()));
    schedule = new Schedule(database, commits, clock);
    writer =
        new OutcomeWriter(
            database,
            commits,
            schedule,
            MOST_WAITING,
            clock,
            outcomes -> {
              states.committed(outcomes);
              overview.committed();
            });
    MonitorMetrics metrics = new MonitorMetrics(registry);
    tickRetention = new TickRetention(database, commits, settings.retention(), clock);
    dueServices = new DueServices(schedule, services, reader, probes, writer);
    runner =
        new Runner(
            dueServices,
            new CheckRunner(
                new HostLimit(settings.perHost()),
                new OwnNetwork(settings.witnesses(), clock),
                metrics,
                clock),
            writer,
            metrics,
            clock,
            settings.inFlight());
    metrics.watch(registry, writer, runner::inFlight);
  }

  /// The monitor's part of the API.
  public List<Route> routes() {
    return routes.routes();
  }

  /// The services as a person looks at them.
  public Overview overview() {
    return overview;
  }

  /// Whether what checks found gets into the database in time: not well once more than half of the
  /// room for what waits is taken, before anything is lost.
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

  /// Why the services are not asked, if that has stopped in the process that asks them.
  public Optional<String> trouble() {
    return wanted.isPresent()
        ? Optional.of("the services of the configuration file are not in the database yet")
        : runner.trouble();
  }

  /// Makes the services of the configuration file what the file says, from now on.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is away; what was wanted
  ///   last holds once it is back
  public synchronized void apply(File file) {
    wanted = Optional.of(file);
    ServiceChanges.Synced synced = changes.sync(file.services(), file.fewer());
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

  /// How many services of a configuration file there are in the database.
  ///
  /// @throws dev.rollcall.server.sql.StorageException while the database is away
  public int filed() {
    return services.filed();
  }

  /// Why the file's services are not taken over, if they are not.
  public Optional<String> refusal() {
    return refusal;
  }

  /// Begins to ask the services, those of the file from the first moment on: where the database is
  /// away they are asked from memory, and what they are found to be is written once it is there.
  ///
  /// @param definitions the services of the configuration file, which have been applied unless the
  ///   database is away
  public void start(List<ServiceDefinition> definitions) {
    runner.start(this::prepare, () -> dueServices.expect(definitions, clock.wall()));
  }

  private synchronized void prepare() {
    wanted.ifPresent(this::apply);
    schedule.rows().releaseAbandoned();
    tickRetention.start();
  }

  /// Stops asking. What was found so far is kept.
  @Override
  public void close() {
    runner.close();
    tickRetention.close();
    probes.close();
  }
}
