package dev.rollcall.probe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Runs the checks of named probes, all at once, and says whether everything answers.
///
/// ```java
/// Prober prober = new Prober()
///     .add(PostgreSqlProbe.of("db", databaseUrl))
///     .add(Probe.of("disk", attempt -> checkDisk()));
/// Report report = prober.check();
/// ```
///
/// Each check runs on a virtual thread of its own. A run ends with its slowest check, or at the
/// prober's timeout: what has not ended by then is interrupted and reported as `prober: context
/// deadline exceeded`. A check that ignores its interrupt is left behind; until it ends no further
/// one of its probe is started, so that there is never more than one. Neither does one that uses
/// the processor without end keep the application's virtual threads from going on (from Java 24
/// on): it is lent a thread to carry it.
///
/// Callers share: whoever asks while a run is under way gets that run's report, and a probe that
/// belongs to several groups is checked once for all who ask meanwhile. A prober has nothing to
/// close: the one thread that looks after the runs of all ends a second after the last. It may be
/// used by several threads at once, and probes may be added at any time; a run that is under way
/// does not see them.
public final class Prober {
  /// How long a run may take unless something else is said: 10 seconds.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /// Why a check has failed that had not ended at its deadline: go-philae's words.
  public static final String LATE = "prober: context deadline exceeded";

  private final Duration timeout;
  private final Lane all;
  private final Lane liveness;
  private final Lane readiness;

  /// A prober without probes whose runs take 10 seconds at most.
  public Prober() {
    this(DEFAULT_TIMEOUT);
  }

  /// A prober without probes.
  ///
  /// @param timeout how long a run may take, more than nothing. Longer than what the probes
  ///   themselves give up after, or their own reasons are never seen
  public Prober(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " is not more than nothing");
    }
    this.timeout = timeout;
    this.all = new Lane(timeout);
    this.liveness = new Lane(timeout);
    this.readiness = new Lane(timeout);
  }

  /// How long a run may take.
  public Duration timeout() {
    return timeout;
  }

  /// Adds a probe that decides on readiness: [#add(Probe, Set)] with [Group#READINESS].
  ///
  /// @return this prober
  public Prober add(Probe probe) {
    return add(probe, Set.of(Group.READINESS));
  }

  /// Adds a probe, in the place of an earlier one of the same name.
  ///
  /// @param groups what it decides on besides the whole report; none for what people want to see
  ///   but nothing must act upon (somebody else's status page)
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

  /// Checks all probes, or waits for the run that is under way.
  ///
  /// @throws InterruptedException when the calling thread is interrupted; the run itself goes on,
  ///   for others may wait for it, and ends at its timeout
  public Report check() throws InterruptedException {
    return all.check();
  }

  /// Checks the probes of one group, or waits for the run of it that is under way.
  ///
  /// @throws InterruptedException as [#check()]
  public Report check(Group group) throws InterruptedException {
    return switch (group) {
      case LIVENESS -> liveness.check();
      case READINESS -> readiness.check();
    };
  }

  /// Checks one probe, or waits for the check of it that is under way.
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
