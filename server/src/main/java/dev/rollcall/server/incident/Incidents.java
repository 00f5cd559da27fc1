package dev.rollcall.server.incident;

import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.maintenance.CurrentMaintenance;
import dev.rollcall.server.incident.maintenance.Maintenance;
import dev.rollcall.server.incident.maintenance.MaintenanceChanges;
import dev.rollcall.server.incident.maintenance.MaintenanceRoutes;
import dev.rollcall.server.incident.maintenance.MaintenanceSpans;
import dev.rollcall.server.incident.maintenance.MaintenanceStore;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.signal.AlertKeys;
import dev.rollcall.server.signal.Signal;
import dev.rollcall.server.signal.SignalConsumer;
import dev.rollcall.server.signal.Subject;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.signal.UptimeSpans;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Site;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The entry point of the package, for the composition root: opens and ends incidents as the
/// signals say, and writes who is told.
public final class Incidents implements SignalConsumer, AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS =
      List.of(
          "db/migration/V24__incident.sql",
          "db/migration/V28__incident_channel.sql",
          "db/migration/V29__maintenance.sql",
          "db/migration/V32__incident_output.sql",
          "db/migration/V36__incident_answer_and_spans.sql",
          "db/migration/V37__incident_by_hand.sql",
          "db/sqlite/V38__incident_tags.sql",
          "db/postgres/V38__incident_tags.sql",
          "db/migration/V40__alive.sql",
          "db/migration/V48__incident_search.sql");

  private static final System.Logger LOG = System.getLogger(Incidents.class.getName());

  /// The state in the signal of a subject that is as it should be, or has not been asked yet.
  private static final List<String> RIGHT = List.of("up", "new", "valid");

  private static final Duration CLEANUP = Duration.ofHours(1);
  private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

  private final IncidentStore store;
  private final IncidentChanges changes;
  private final IncidentAlerts alerts;
  private final Database database;
  private final Notifier notifier;
  private final HoldRelease held;
  private final MaintenanceStore maintenance;
  private final MaintenanceSpans maintenanceSpans;
  private final MaintenanceChanges maintenanceChanges;
  private final MaintenanceRoutes maintenanceRoutes;
  private final Subjects subjects;
  private final IncidentRoutes routes;
  private final SummaryRoutes summary;
  private final IncidentSettings settings;
  private final FlappingIncidents flapping;
  private final Clock clock;
  private final Counter opened;
  private final OpenIncidents open;
  private final CatchUp catchUp;
  private volatile List<Maintenance> ofFile = List.of();
  private final BackgroundLoop cleanup;

  /// @param names how people read who calls
  public Incidents(
      Database database,
      GroupCommit commits,
      Outbox outbox,
      IncidentSettings settings,
      Subjects subjects,
      IncidentLinks links,
      Function<Caller, String> names,
      PrometheusRegistry registry,
      Clock clock) {
    this.store = new IncidentStore(database, commits);
    this.alerts = new IncidentAlerts(outbox);
    this.database = database;
    this.subjects = subjects;
    this.clock = clock;
    this.settings = settings;
    this.open = new OpenIncidents(database);
    this.catchUp = new CatchUp(database.claimant()::othersBehind, clock);
    this.notifier =
        new Notifier(
            database,
            commits,
            outbox,
            new IncidentNotifications(subjects, links),
            this::currentMaintenance,
            catchUp,
            settings.together(),
            clock);
    this.held =
        new HoldRelease(
            database, commits, subjects, this::currentMaintenance, this::released, clock);
    this.flapping = new FlappingIncidents(database, commits, alerts, settings.flapping(), clock);
    this.maintenance = new MaintenanceStore(database, commits);
    this.maintenanceSpans =
        new MaintenanceSpans(database, commits, maintenance, () -> ofFile, clock);
    this.maintenanceChanges =
        new MaintenanceChanges(
            maintenance,
            () -> ofFile,
            () -> {
              maintenanceSpans.wake();
              held.wake();
              notifier.wake();
            },
            names,
            one -> one.which().unknownWords().hint(database, subjects, one.owner()),
            clock);
    this.maintenanceRoutes = new MaintenanceRoutes(maintenanceChanges);
    outbox.remark(Incidents::remarked);
    this.changes =
        new IncidentChanges(
            store,
            new IncidentEdits(database, commits, this::resolved, this::goesOn),
            new ManualIncidents(database, commits, subjects, alerts, this::changed),
            links,
            names,
            clock);
    this.routes = new IncidentRoutes(store, changes, outbox);
    this.summary = new SummaryRoutes(store, clock);
    this.opened =
        Counter.builder()
            .name("rollcall_incidents_opened_total")
            .help("Incidents opened by this process.")
            .register(registry);
    this.cleanup =
        new BackgroundLoop(
            "incidents-cleanup",
            "the deletion of old incidents",
            AFTER_FAILURE,
            () -> {
              store.forget(clock.wall().minus(settings.retention()));
              maintenance.tidy(clock.wall(), clock.wall().minus(settings.retention()));
              return CLEANUP;
            });
    GaugeWithCallback.builder()
        .name("rollcall_incidents_open")
        .help("Open incidents.")
        .labelNames("severity", "kind")
        .callback(
            callback -> {
              for (IncidentStore.OpenCount count : openCounts(database)) {
                callback.call((double) count.many(), count.severity().word(), count.kind().word());
              }
            })
        .register(registry);
  }

  /// Nothing while the database is unavailable.
  private List<IncidentStore.OpenCount> openCounts(Database database) {
    try {
      return database.trouble().isPresent() ? List.of() : store.openCounts();
    } catch (StorageException e) {
      return List.of();
    }
  }

  @Override
  public void consume(Handle tx, List<Signal> signals) {
    IncidentTable.takeTurns(database, tx);
    HoldRules rules = new HoldRules(subjects, currentMaintenance(tx));
    List<Subject> uncertain = new ArrayList<>();
    for (Signal signal : signals) {
      Optional<IncidentKind> kind = IncidentKind.of(signal);
      if (kind.isEmpty()) {
        end(tx, signal);
      } else {
        wrong(tx, signal, kind.get(), rules, uncertain);
      }
    }
    subjects.observe(tx, uncertain, clock.wall());
    tx.afterCommit(this::changed);
  }

  /// Incidents have opened or ended.
  private void changed() {
    notifier.wake();
    held.wake();
    open.wake();
  }

  private void end(Handle tx, Signal signal) {
    boolean right = RIGHT.contains(signal.to());
    boolean certificate = signal.from().equals(IncidentKind.CERTIFICATE.word());
    IncidentKind kind = certificate ? IncidentKind.CERTIFICATE : IncidentKind.DOWN;
    List<Incident> open =
        IncidentTable.openOf(tx, signal.subject()).stream()
            .filter(one -> !right || one.kind().excludes(kind))
            .toList();
    if (!right || !certificate) {
      HeldSignals.remove(tx, signal.subject(), signal.lastHeard());
    }
    if (right && steps(tx, signal, open, true)) {
      return;
    }
    for (Incident incident : open) {
      Optional<String> why =
          right ? incident.kind().remedy() : Optional.of("it was " + signal.to());
      Incident over = IncidentTable.resolve(tx, incident, signal.at(), why);
      alerts.over(tx, over.resolvedAt().orElseThrow(), over, false);
    }
  }

  /// The subject of an incident that flaps goes from one state to the other.
  ///
  /// @return false if it has no such incident
  private static boolean steps(Handle tx, Signal signal, List<Incident> open, boolean right) {
    List<Incident> flapping = open.stream().filter(Incident::flapping).toList();
    flapping.forEach(one -> IncidentTable.changed(tx, one.id(), right, signal.at()));
    return !flapping.isEmpty();
  }

  /// Something is wrong: that opens an incident, or goes on, or is held.
  private void wrong(
      Handle tx, Signal signal, IncidentKind kind, HoldRules rules, List<Subject> uncertain) {
    List<Incident> before =
        IncidentTable.openOf(tx, signal.subject()).stream()
            .filter(one -> one.kind().excludes(kind))
            .toList();
    Optional<Incident> slow = slow(kind, before);
    if (slow.isPresent()) {
      raise(tx, signal, slow.get(), kind);
      return;
    }
    if (!signal.isReminder() && steps(tx, signal, before, false)) {
      return;
    }
    Optional<Incident> same = before.stream().filter(one -> one.kind() == kind).findFirst();
    if (same.isPresent()) {
      again(tx, signal, same.get());
      return;
    }
    if (signal.isReminder() && before.isEmpty()) {
      return; // it is held, or somebody has ended its incident
    }
    AlertKeys keys = subjects.keys(tx, signal.subject());
    if (before.isEmpty() && kind != IncidentKind.CERTIFICATE) {
      HoldRules.Decision decision = rules.of(tx, signal, keys, signal.at());
      uncertain.addAll(decision.uncertain());
      if (decision.held().isPresent()) {
        HeldSignals.put(tx, decision.held().get());
        return;
      }
      if (beganInMaintenance(tx, signal, keys)
          && subjects.confirmAgain(tx, signal.subject(), clock.wall())) {
        return;
      }
    } else {
      Optional<String> why = Optional.of("it is " + kind.word());
      before.stream()
          .map(incident -> IncidentTable.resolve(tx, incident, signal.at(), why))
          .forEach(over -> alerts.over(tx, over.resolvedAt().orElseThrow(), over, true));
    }
    open(tx, signal, kind, keys);
  }

  /// Whether maintenance covered a part of the time in which something was confirmed: it may have
  /// been wrong because of that.
  private static boolean beganInMaintenance(Handle tx, Signal signal, AlertKeys keys) {
    return signal.began().isBefore(signal.at())
        && !MaintenanceSpans.of(tx, signal.subject(), keys, signal.began(), signal.at()).isEmpty();
  }

  /// It goes on, and something says so again.
  private void again(Handle tx, Signal signal, Incident incident) {
    alerts.again(tx, signal, incident);
    if (incident.kind() == IncidentKind.CERTIFICATE) {
      IncidentTable.cause(tx, incident.id(), signal.cause());
      IncidentChannels.tellAgain(tx, incident.id(), signal.at());
    }
  }

  /// The incident of a service that was slow and is down now.
  private static Optional<Incident> slow(IncidentKind kind, List<Incident> open) {
    return kind == IncidentKind.DOWN
        ? open.stream().filter(one -> one.kind() == IncidentKind.SLOW).findFirst()
        : Optional.empty();
  }

  /// What was slow is down: its incident goes on as one of that kind. It is not held, as an
  /// incident that was open before keeps on.
  private void raise(Handle tx, Signal signal, Incident incident, IncidentKind kind) {
    AlertKeys keys = subjects.keys(tx, signal.subject());
    Incident raised = IncidentTable.raise(tx, signal, incident, kind, keys.severity());
    alerts.raised(tx, signal.at(), incident, raised);
  }

  private void open(Handle tx, Signal signal, IncidentKind kind, AlertKeys keys) {
    IncidentSettings.Flapping limits = settings.flapping();
    int many = IncidentTable.opened(tx, signal.subject(), kind, signal.at().minus(limits.within()));
    IncidentTable.open(tx, signal, kind, kind.weighed(keys), limits.begins(many))
        .ifPresent(
            incident -> {
              subjects
                  .lastOutput(tx, signal.subject())
                  .ifPresent(output -> IncidentTable.keepOutput(tx, incident.id(), output));
              subjects
                  .title(tx, signal.subject())
                  .ifPresent(title -> IncidentTable.title(tx, incident.id(), Optional.of(title)));
              alerts.opened(tx, signal, incident);
              tx.afterCommit(opened::inc);
            });
  }

  /// An incident is no longer acknowledged.
  private void goesOn(Handle tx, long incident, Instant now) {
    alerts.goesOn(tx, incident, now);
    tx.afterCommit(notifier::wake);
  }

  /// A channel had something to say about what it has sent.
  private static void remarked(
      Handle tx, Instant at, String channel, List<Long> incidents, String text) {
    String line = channel.substring(channel.indexOf('/') + 1) + ": " + text;
    TimelineEntry entry =
        new TimelineEntry(
            at, TimelineEntry.Type.TEMPLATE_FAILED, Optional.empty(), Optional.of(line));
    IncidentTable.existing(tx, incidents).forEach(id -> IncidentTable.add(tx, id, entry));
  }

  /// Somebody has ended an incident.
  private void resolved(Handle tx, Incident incident) {
    alerts.over(tx, incident.resolvedAt().orElseThrow(), incident, false);
    tx.afterCommit(this::changed);
  }

  /// Opens the incident of a signal that is no longer held.
  void released(Handle tx, Signal signal) {
    IncidentKind.of(signal)
        .ifPresent(kind -> open(tx, signal, kind, subjects.keys(tx, signal.subject())));
    tx.afterCommit(this::changed);
  }

  private CurrentMaintenance currentMaintenance(Handle tx) {
    return new CurrentMaintenance(tx, subjects, ofFile);
  }

  /// Nobody is told of incidents while something that was found about such subjects is still to be
  /// written: they may be over. For 30 s at most. To be called before [#start].
  ///
  /// @param lag what was found about subjects of this type longer ago than that is written
  public void waitFor(Function<Subject.Type, Duration> lag) {
    catchUp.ask(lag);
  }

  /// Whether a subject is down, but only behind something that it depends on, or perhaps so.
  public static Predicate<Subject> unreachable(Handle handle) {
    return HeldSignals.unreachableNow(handle)::contains;
  }

  /// Uses this maintenance of the configuration file, and no other of it, from now on.
  public void apply(List<Maintenance> file) {
    ofFile = List.copyOf(file);
    maintenanceSpans.wake();
    held.wake();
    notifier.wake();
  }

  /// Deletes all incidents of an account.
  public void deleteOf(long owner) {
    store.deleteOf(owner);
    maintenance.deleteOf(owner);
  }

  /// The incidents, for pages.
  public IncidentStore store() {
    return store;
  }

  /// Begins to count open incidents, for pages.
  public void count() {
    open.start();
  }

  /// How many incidents of an owner are open, as of the last count.
  public Site.Open open(long owner) {
    return open.of(owner);
  }

  /// When uptime is counted in another way.
  public UptimeSpans uptimeSpans() {
    return new IncidentSpans(database, maintenanceSpans);
  }

  /// What people do with them, for pages.
  public IncidentChanges changes() {
    return changes;
  }

  /// What people do with maintenance, for pages.
  public MaintenanceChanges maintenance() {
    return maintenanceChanges;
  }

  /// The routes of incidents and maintenance.
  public List<Route> routes() {
    return Stream.of(routes.routes(), List.of(summary.route()), maintenanceRoutes.routes())
        .flatMap(List::stream)
        .toList();
  }

  /// Begins to tell of incidents, and to delete old ones.
  public void start() {
    tellOpen();
    notifier.start();
    held.start();
    flapping.start();
    maintenanceSpans.start();
    cleanup.start();
  }

  /// Says what is open. Of what was wrong before this database had incidents, nobody is told.
  private void tellOpen() {
    try {
      List<IncidentStore.OpenCount> counts = store.openCounts();
      if (!counts.isEmpty()) {
        String words =
            counts.stream()
                .map(
                    count ->
                        count.many() + " " + count.severity().word() + " " + count.kind().word())
                .collect(Collectors.joining(", "));
        LOG.log(Level.INFO, "incidents are open: {0}", words);
      }
    } catch (StorageException e) {
      LOG.log(Level.WARNING, "open incidents are unknown without the database: {0}", e.reason());
    }
  }

  @Override
  public void close() {
    maintenanceSpans.close();
    flapping.close();
    held.close();
    notifier.close();
    cleanup.close();
    open.close();
  }
}
