package dev.rollcall.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Runs the checks of named probes, all at once, and reports whether all are healthy.
///
/// ```java
/// Prober prober = new Prober()
///     .add(PostgreSqlProbe.of("db", databaseUrl))
///     .add(Probe.of("disk", attempt -> checkDisk()));
/// Report report = prober.check();
/// ```
///
/// Each check runs on its own virtual thread. A run ends with its slowest check or at the timeout
/// of the prober. A check that has not ended by then is interrupted and reported as `prober:
/// context deadline exceeded`. A check that ignores its interrupt is left running. Until it ends,
/// no other check of that probe is started, so there is never more than one. A check that uses the
/// processor without end does not block the virtual threads of the application (from Java 24 on):
/// the prober adds a carrier thread for it.
///
/// A caller that comes during a run gets the report of that run. A probe in several groups is
/// checked once for all callers of that time. A prober has nothing to close: the one thread that
/// watches all runs ends one second after the last run. Several threads may use a prober at once.
/// Probes may be added at any time; a run that has started does not include them.
public final class Prober {
  /// Default timeout of a run: 10 seconds.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /// The reason of a check that has not ended at its deadline, in the words of go-philae.
  public static final String LATE = "prober: context deadline exceeded";

  private final Duration timeout;
  private final Lane all;
  private final Lane liveness;
  private final Lane readiness;

  /// A prober without probes and with a timeout of 10 seconds.
  public Prober() {
    this(DEFAULT_TIMEOUT);
  }

  /// A prober without probes.
  ///
  /// @param timeout maximum duration of a run, above zero. Choose it longer than the limits of the
  ///   probes, otherwise their own reasons are never shown
  public Prober(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " is not more than nothing");
    }
    this.timeout = timeout;
    this.all = new Lane(timeout);
    this.liveness = new Lane(timeout);
    this.readiness = new Lane(timeout);
  }

  /// Maximum duration of a run.
  public Duration timeout() {
    return timeout;
  }

  /// Adds a probe that decides on readiness: [#add(Probe, Set)] with [Group#READINESS].
  ///
  /// @return this prober
  public Prober add(Probe probe) {
    return add(probe, Set.of(Group.READINESS));
  }

  /// Adds a probe. It replaces an earlier one with the same name.
  ///
  /// @param groups what it decides on, besides the whole report. None for probes that people want
  ///   to see but that must have no effect (an external status page)
  /// @return this prober
  public synchronized Prober add(Probe probe, Set<Group> groups) {
    Slot slot = new Slot(Objects.requireNonNull(probe.name(), "a probe's name"), probe);
    all.put(slot, true);
    liveness.put(slot, groups.contains(Group.LIVENESS));
    readiness.put(slot, groups.contains(Group.READINESS));
    return this;
  }

  /// The names of the probes, in the order in which they were added.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Slot slot : all.slots()) {
      names.add(slot.name());
    }
    return List.copyOf(names);
  }

  /// Checks all probes, or waits for the run that is in progress.
  ///
  /// @throws InterruptedException if the calling thread is interrupted. The run itself continues,
  ///   because others may wait for it, and ends at its timeout
  public Report check() throws InterruptedException {
    return all.check();
  }

  /// Checks the probes of one group, or waits for the run of it that is in progress.
  ///
  /// @throws InterruptedException as [#check()]
  public Report check(Group group) throws InterruptedException {
    return switch (group) {
      case LIVENESS -> liveness.check();
      case READINESS -> readiness.check();
    };
  }

  /// Checks one probe, or waits for the check of it that is in progress.
  ///
  /// @throws UnknownProbeException when no probe has this name
  /// @throws InterruptedException as [#check()]
  public ProbeResult check(String name) throws InterruptedException {
    for (Slot slot : all.slots()) {
      if (slot.name().equals(name)) {
        return Run.start(List.of(slot), timeout).await().probes().getFirst();
      }
    }
    throw new UnknownProbeException(name, names());
  }
}
