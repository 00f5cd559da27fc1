package dev.rollcall.server.monitor.schedule;

import dev.rollcall.probe.Probe;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.monitor.check.Outcome;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.definition.Confirmation;
import dev.rollcall.server.monitor.definition.ReferencedSecrets;
import dev.rollcall.server.monitor.definition.ServiceDefinition;
import dev.rollcall.server.monitor.definition.ServiceReader;
import dev.rollcall.server.monitor.definition.WarningLimits;
import dev.rollcall.server.monitor.store.OutcomeRows;
import dev.rollcall.server.monitor.store.ServiceStore;
import dev.rollcall.server.monitor.store.TickStore;
import dev.rollcall.server.signal.SignalWriter;
import dev.rollcall.server.sql.Batch;
import dev.rollcall.server.sql.Lease;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/// Writes outcomes that were found under an earlier claim than the last one of their service.
/// Whoever found them does not know what was found under the later claim.
///
/// One that is newer than the last tick of the service is the truth about its moment: it is written
/// in its place, with what follows from it by what the database knows of the service. It ends the
/// claim that there is, so that everybody reads the service again before the next check. One that
/// is older is dropped.
final class OvertakenOutcomes implements Batch<Outcome, Boolean> {
  private static final Logger LOG = System.getLogger(OvertakenOutcomes.class.getName());

  /// What is dropped within this time after something else was is not said again.
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private static final Probe NEVER_RUN =
      Probe.of(
          "overtaken",
          _ -> {
            throw ProbeFailure.here("not run");
          });

  private final Schedule schedule;
  private final ServiceReader reader;
  private final Clock clock;
  private final SignalWriter signals;
  private final Consumer<List<Outcome>> committed;
  private final Runnable lost;
  private long dropped;
  private Optional<Duration> lastDropped = Optional.empty();

  /// A service as it is in the database, locked; and then after each of the outcomes.
  private static final class Known {
    private final RunState state;
    private long newest;
    private Optional<Outcome> last = Optional.empty();

    private Known(ScheduledCheck check, ServiceStore.Scheduled known) {
      state = new RunState(check, known, Instant.MIN);
      newest = known.lastAt().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
    }

    /// What follows from this outcome, if it is newer than the last tick.
    private Optional<Outcome> after(Outcome outcome, Instant now) {
      long at = outcome.observation().at().toEpochMilli();
      if (at <= newest) {
        return Optional.empty();
      }
      newest = at;
      last = Optional.of(state.follow(outcome, now));
      return last;
    }
  }

  /// @param reader reads definitions as they are stored
  /// @param signals gets the confirmed changes of state
  /// @param committed is called with the outcomes after their commit, and returns at once
  /// @param lost runs after a commit if services that are traced are lost, or no longer
  OvertakenOutcomes(
      Schedule schedule,
      ServiceReader reader,
      Clock clock,
      SignalWriter signals,
      Consumer<List<Outcome>> committed,
      Runnable lost) {
    this.schedule = schedule;
    this.reader = reader;
    this.clock = clock;
    this.signals = signals;
    this.committed = committed;
    this.lost = lost;
  }

  /// Outcomes of one service stay in order, and all writers lock rows in the same order.
  @Override
  public Optional<Comparator<Outcome>> order() {
    return Optional.of(Comparator.comparingLong(Outcome::serviceId));
  }

  /// Returns for each outcome whether it is written. One that was written before is not counted
  /// again.
  @Override
  public List<Boolean> apply(Handle tx, List<Outcome> outcomes) {
    Instant now = clock.wall();
    Map<Long, Optional<Known>> services = new TreeMap<>();
    List<Outcome> judged = new ArrayList<>();
    List<Boolean> which = new ArrayList<>();
    int older = 0;
    for (Outcome outcome : outcomes) {
      Optional<Known> known =
          services.computeIfAbsent(outcome.serviceId(), service -> known(tx, service));
      Optional<Outcome> newer = known.flatMap(one -> one.after(outcome, now));
      newer.ifPresent(judged::add);
      which.add(newer.isPresent());
      if (newer.isEmpty() && known.isPresent() && !TickStore.has(tx, outcome)) {
        older += OutcomeWriter.counted(outcome);
      }
    }
    List<Outcome> written = OutcomeRows.write(tx, judged, signals, lost, now);
    schedule.endClaims(tx, ends(services, now));
    int unwritten = older;
    tx.afterCommit(
        () -> {
          committed.accept(written);
          dropped(unwritten);
        });
    return which;
  }

  private static List<Lease.Finish> ends(Map<Long, Optional<Known>> services, Instant now) {
    return services.values().stream()
        .flatMap(Optional::stream)
        .flatMap(known -> known.last.stream())
        .map(last -> new Lease.Finish(last.serviceId(), last.fence(), now, last.repeat()))
        .toList();
  }

  /// The service, and its due row is locked; empty if it is gone.
  private Optional<Known> known(Handle tx, long service) {
    if (!schedule.lock(tx, service)) {
      return Optional.empty();
    }
    return ServiceStore.scheduled(tx, Set.of(service)).stream()
        .findFirst()
        .map(row -> new Known(check(row), row));
  }

  /// What decides about an observation. A definition that can no longer be read says nothing else
  /// than the default.
  private ScheduledCheck check(ServiceStore.Scheduled row) {
    Optional<ServiceDefinition> definition = reader.stored(row.definition(), new Mistakes());
    return new ScheduledCheck(
        row.id(),
        row.owner(),
        definition.map(ServiceDefinition::name).orElse(""),
        definition
            .map(ServiceDefinition::url)
            .orElseGet(() -> URI.create("unaskable:/" + row.id())),
        row.interval(),
        definition.map(ServiceDefinition::timeout).orElse(row.interval()),
        definition.map(ServiceDefinition::confirmation).orElse(Confirmation.DEFAULT),
        definition.map(ServiceDefinition::warnings).orElse(WarningLimits.NONE),
        false,
        row.revision(),
        ReferencedSecrets.NOTHING,
        NEVER_RUN);
  }

  /// Counts outcomes that are dropped, because what other processes have found is newer.
  synchronized void dropped(int outcomes) {
    if (outcomes == 0) {
      return;
    }
    dropped += outcomes;
    Duration now = clock.monotonic();
    if (lastDropped.filter(last -> now.minus(last).compareTo(AGAIN) < 0).isEmpty()) {
      LOG.log(
          Level.WARNING,
          "some results of checks are dropped, as they came after newer ones of other processes:"
              + " rollcall_outcomes_lost_total counts them");
    }
    lastDropped = Optional.of(now);
  }

  /// The number of dropped outcomes, those of derived services included.
  synchronized long dropped() {
    return dropped;
  }
}
