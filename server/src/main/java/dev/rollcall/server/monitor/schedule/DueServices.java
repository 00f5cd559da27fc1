package dev.rollcall.server.monitor.schedule;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ProbeFactory;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.sql.Claimant;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.LogDebounce;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The services that this process checks, and when they are due: from the database while it
/// answers, otherwise from memory.
public final class DueServices {
  private static final Logger LOG = System.getLogger(DueServices.class.getName());

  /// A service that another process checks is forgotten when its next check here would have been
  /// due for so long.
  private static final Duration LEFT = Duration.ofSeconds(30);

  /// What changed so long ago is in the database by the time at which something is claimed.
  private static final Duration WRITTEN = Duration.ofSeconds(10);

  /// What changed longer ago than this was compared with it often.
  private static final Duration LATELY = Duration.ofHours(1);

  /// How many services are compared with the database at once.
  private static final int COMPARED = 10_000;

  /// When the database goes or is back, processes notice it one after the other: for some seconds,
  /// it looks as if only some of them reached it.
  private static final Duration REPLACED = Duration.ofSeconds(5);

  /// The revision of a definition that has to be read again.
  private static final long NO_REVISION = -1;

  /// A service that is due.
  ///
  /// @param run which of its checks, by [RunState#run]
  /// @param lease empty if it is checked from memory
  /// @param due since when
  /// @param start when its check starts
  record DueCheck(
      RunState state, long run, Optional<Lease<Schedule.Row>> lease, Instant due, Instant start) {
    /// The check that was just begun; it starts when it is due.
    private static DueCheck begun(
        RunState state, Optional<Lease<Schedule.Row>> lease, Instant due) {
      return new DueCheck(state, state.run(), lease, due, due);
    }

    DueCheck startingAt(Instant moment) {
      return new DueCheck(state, run, lease, due, moment);
    }
  }

  private final Schedule schedule;
  private final ServiceStore services;
  private final ServiceReader reader;
  private final ProbeFactory probes;
  private final OutcomeWriter writer;

  /// When this process started.
  private final Instant started;

  private final Map<Long, RunState> states = new ConcurrentHashMap<>();

  private final LogDebounce replaced;

  /// Previous names of renamed services, whose series have to be removed.
  private final Set<String> renamed = ConcurrentHashMap.newKeySet();

  /// Services that wait for an id, by name.
  private final Map<String, RunState> provisional = new ConcurrentHashMap<>();

  public DueServices(
      Schedule schedule,
      ServiceStore services,
      ServiceReader reader,
      ProbeFactory probes,
      OutcomeWriter writer,
      Clock clock) {
    this.schedule = schedule;
    this.services = services;
    this.reader = reader;
    this.probes = probes;
    this.writer = writer;
    this.started = clock.wall();
    this.replaced = new LogDebounce(REPLACED, clock);
  }

  /// Checks services from memory because the database has been unavailable since the start, so that
  /// they have no id yet. Each has an id below 0 until its row is claimed.
  public void expect(List<ServiceDefinition> definitions, Instant now) {
    for (ServiceDefinition definition : definitions) {
      long id = -1L - provisional.size();
      ScheduledCheck check = scheduledCheck(id, Scope.OPERATOR, NO_REVISION, definition);
      RunState state = new RunState(check, now);
      provisional.put(definition.name(), state);
      states.put(id, state);
    }
  }

  /// Claims services that are due by `until`, oldest first, at most `limit`, and reads the
  /// definitions that are new or changed. The caller has to [#begin] them; otherwise they are due
  /// again when the lease ends.
  List<Lease<Schedule.Row>> claim(Instant until, int limit) {
    List<Lease<Schedule.Row>> leases = schedule.rows().claim(until, limit);
    learn(leases);
    return leases;
  }

  /// Begins the claimed services.
  List<DueCheck> begin(List<Lease<Schedule.Row>> leases) {
    replaced.forget(); // this process reaches the database
    List<DueCheck> checks = new ArrayList<>(leases.size());
    for (Lease<Schedule.Row> lease : leases) {
      RunState state = states.get(lease.key());
      if (state != null && state.begin(lease.fence())) {
        checks.add(DueCheck.begun(state, Optional.of(lease), lease.due()));
      }
    }
    return checks;
  }

  /// Whether this process may still run a check that was begun. Not if it has stood still since,
  /// and others have taken the service over. Waits for a sign of life if others may have.
  boolean mayRun(DueCheck check) {
    return check.lease().map(schedule.rows().claimant()::mayHold).orElse(true);
  }

  /// Whether other processes still have to write what they found without the database.
  boolean othersBehind() {
    return schedule.rows().claimant().othersBehind();
  }

  /// Corrects the due times after the clock was set back to `now`.
  void correctDueTimes(Instant now) {
    schedule.correctDueTimes(now);
  }

  private record Remembered(RunState state, Instant due) {}

  /// The services due by `until` according to memory, oldest first, at most `limit`: those of the
  /// share of this process. The other processes remember theirs. None if others are known to have
  /// taken its share over.
  List<DueCheck> remembered(Instant until, int limit) {
    if (isReplaced()) {
      return List.of();
    }
    Claimant.Share share = schedule.rows().claimant().share();
    return states.values().stream()
        .filter(state -> state.isProvisional() || share.includes(state.check().serviceId()))
        .map(state -> new Remembered(state, state.nextDue()))
        .filter(one -> !one.due().isAfter(until))
        .sorted(Comparator.comparing(Remembered::due))
        .limit(limit)
        .filter(one -> one.state().begin())
        .map(one -> DueCheck.begun(one.state(), Optional.empty(), one.due()))
        .toList();
  }

  private boolean isReplaced() {
    boolean now = schedule.rows().claimant().isReplaced();
    if (now && replaced.begins()) {
      LOG.log(
          Level.WARNING,
          "other processes reach the database: they check the services of this one until it does"
              + " too");
    }
    if (!now && replaced.ends()) {
      LOG.log(
          Level.WARNING,
          "no other process is known to reach the database: this one goes on with its checks");
    }
    return now;
  }

  /// Drops services that are no longer checked, or have been checked by another process for a
  /// while, and looks whether what was found here has reached the database.
  ///
  /// @return the names of services of the operator that are no longer checked here
  List<String> sweep(Instant now) {
    Map<Long, ServiceStore.Named> checked = services.checkedNames();
    List<String> gone = new ArrayList<>(renamed);
    renamed.removeAll(gone);
    Set<String> names =
        checked.values().stream()
            .filter(one -> one.owner() == Scope.OPERATOR)
            .map(ServiceStore.Named::name)
            .collect(Collectors.toSet());
    provisional.forEach(
        (name, state) -> {
          if (!names.contains(name)) {
            provisional.remove(name);
            state.drop();
            states.remove(state.check().serviceId());
            writer.forget(state);
            gone.add(name);
          }
        });
    states.forEach(
        (id, state) -> {
          if (id < 0) {
            return; // its row exists, but nobody has claimed it yet
          }
          ScheduledCheck check = state.check();
          ServiceStore.Named known = new ServiceStore.Named(check.owner(), check.name());
          if (check.isOperators() && !known.equals(checked.get(id))) {
            gone.add(check.name());
          }
          if (!checked.containsKey(id)) {
            state.drop();
            states.remove(id);
          }
        });
    gone.removeAll(names);
    gone.addAll(leftToOthers(now));
    compare(now);
    return gone;
  }

  /// Services of the shares of others that were not due here for a while. What was known of them
  /// here is old.
  private List<String> leftToOthers(Instant now) {
    Claimant.Share share = schedule.rows().claimant().share();
    List<String> left = new ArrayList<>();
    states.forEach(
        (id, state) -> {
          if (id >= 0 && !share.includes(id) && state.nextDue().isBefore(now.minus(LEFT))) {
            state.drop();
            states.remove(id);
            if (state.check().isOperators()) {
              left.add(state.check().name());
            }
          }
        });
    return left;
  }

  /// Compares what was found here lately with the database. What is missing there was lost on its
  /// way, perhaps with Redis: this process would believe that it is known, and nobody would ever be
  /// told. It is stated again with the next check, at once.
  private void compare(Instant now) {
    Claimant.Share share = schedule.rows().claimant().share();
    Instant written = now.minus(WRITTEN);
    Set<Long> changed =
        states.entrySet().stream()
            .filter(one -> one.getKey() >= 0 && share.includes(one.getKey()))
            .filter(one -> one.getValue().hasChanged(now.minus(LATELY), written))
            .limit(COMPARED)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    List<Long> again = new ArrayList<>();
    for (ServiceStore.Scheduled known : services.scheduled(changed)) {
      RunState state = states.get(known.id());
      if (state != null && state.differs(known, written)) {
        state.outcomeLost();
        again.add(known.id());
      }
    }
    if (!again.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "the database does not have what was last found of some services ({0,number,#}): they are"
              + " checked again",
          again.size());
      schedule.checkBy(now, again);
    }
  }

  private void learn(List<Lease<Schedule.Row>> leases) {
    Set<Long> unknown =
        leases.stream().filter(lease -> !holds(lease)).map(Lease::key).collect(Collectors.toSet());
    if (unknown.isEmpty()) {
      return;
    }
    Map<Long, Long> fences = new HashMap<>();
    leases.forEach(lease -> fences.put(lease.key(), lease.fence()));
    services
        .scheduled(unknown)
        .forEach(scheduled -> learn(scheduled, fences.getOrDefault(scheduled.id(), 0L)));
    writer.writeIdentified();
  }

  private boolean holds(Lease<Schedule.Row> lease) {
    RunState state = states.get(lease.key());
    return state != null && state.holds(lease.row().revision(), lease.fence());
  }

  private void learn(ServiceStore.Scheduled scheduled, long fence) {
    Mistakes mistakes = new Mistakes();
    ScheduledCheck check =
        reader
            .stored(scheduled.definition(), mistakes)
            .map(
                definition ->
                    scheduledCheck(
                        scheduled.id(), scheduled.owner(), scheduled.revision(), definition))
            .orElseGet(() -> invalidCheck(scheduled, mistakes));
    RunState early = check.isOperators() ? provisional.remove(check.name()) : null;
    if (early != null && !states.containsKey(scheduled.id())) {
      states.remove(early.check().serviceId());
      writer.identify(early, check, scheduled, fence);
      states.put(scheduled.id(), early);
      return;
    }
    states.compute(
        scheduled.id(),
        (_, state) -> {
          if (state == null) {
            return new RunState(check, scheduled, started);
          }
          String before = state.check().name();
          state.learn(check, scheduled);
          if (check.isOperators() && !state.isNamed(before)) {
            renamed.add(before);
          }
          return state;
        });
  }

  private ScheduledCheck scheduledCheck(
      long id, long owner, long revision, ServiceDefinition definition) {
    return new ScheduledCheck(
        id,
        owner,
        definition.name(),
        definition.url(),
        definition.interval(),
        definition.timeout(),
        definition.confirmation(),
        definition.warnings(),
        definition.trace(),
        revision,
        definition.secrets(),
        probes.of(owner, definition));
  }

  /// The check of a definition that can no longer be read, although it was valid when it was
  /// written: for example, its file is missing, or it was written by another version of Rollcall.
  /// The service is unknown, and its definition is read again for each check.
  private ScheduledCheck invalidCheck(ServiceStore.Scheduled scheduled, Mistakes mistakes) {
    String reason = "cannot be checked: " + String.join("; ", mistakes.lines());
    RunState before = states.get(scheduled.id());
    if (before == null || before.check().revision() != NO_REVISION) {
      LOG.log(Level.ERROR, "service " + scheduled.id() + " " + reason);
    }
    JsonNode definition = scheduled.definition();
    String name = definition.path("name").asString("");
    return new ScheduledCheck(
        scheduled.id(),
        scheduled.owner(),
        name,
        URI.create("unaskable:/" + scheduled.id()),
        scheduled.interval(),
        scheduled.interval(),
        Confirmation.DEFAULT,
        WarningLimits.NONE,
        false,
        NO_REVISION,
        ReferencedSecrets.NOTHING,
        Probe.of(
            name,
            _ -> {
              throw ProbeFailure.here(reason);
            }));
  }
}
