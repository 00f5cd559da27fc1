package dev.rollcall.server.monitor.check;

import dev.rollcall.probe.Attempt;
import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.time.Pauses;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Runs one check and returns its observation. If the cause of a failure is on our side, the
/// service is unknown, never down.
public final class CheckRunner {
  /// A failure counts as ours if the process stood still for a quarter of the timeout.
  private static final int PART_OF_TIMEOUT = 4;

  private static final String STOOD_STILL =
      "Rollcall stood still during the check: it was stopped, or got no processor";

  private final HostLimit places;
  private final Semaphore ofAccounts;
  private final OwnNetwork network;
  private final Pauses pauses;
  private final MonitorMetrics metrics;
  private final Clock clock;
  private final OwnErrors errors;

  /// @param places limits the checks of one host, for each owner
  /// @param mostOfAccounts how many checks of accounts and teams may be under way, all together
  /// @param network tells whether a failure may be that of our own network
  /// @param pauses tells how long the process stood still during a check
  public CheckRunner(
      HostLimit places,
      int mostOfAccounts,
      OwnNetwork network,
      Pauses pauses,
      MonitorMetrics metrics,
      Clock clock) {
    this.places = places;
    this.ofAccounts = new Semaphore(mostOfAccounts);
    this.network = network;
    this.pauses = pauses;
    this.metrics = metrics;
    this.clock = clock;
    this.errors = new OwnErrors(clock);
  }

  /// Waits for a free place at the host, at most for the timeout of the check, then runs the check.
  /// Checks of accounts and teams do not wait for each other: if too many are under way, this one
  /// is left out.
  ///
  /// @param due when the check was due
  /// @throws InterruptedException if the runner is closing: there is no observation
  public Observation ask(ScheduledCheck check, Instant due) throws InterruptedException {
    if (check.isOperators()) {
      return askHost(check, due);
    }
    if (!ofAccounts.tryAcquire()) {
      return leftOut(
          Duration.ZERO, "too many checks of accounts are under way (see monitor.in-flight)");
    }
    try {
      return askHost(check, due);
    } finally {
      ofAccounts.release();
    }
  }

  private Observation askHost(ScheduledCheck check, Instant due) throws InterruptedException {
    String place = check.owner() + " " + check.place(); // nobody takes the places of others
    if (!places.enter(place, check.timeout())) {
      return leftOut(
          check.timeout(), "no free place at " + check.shownPlace() + " (see monitor.per-host)");
    }
    try {
      Instant now = clock.wall();
      metrics.started(Duration.between(due, now));
      return observe(check, now);
    } finally {
      places.leave(place);
    }
  }

  private Observation leftOut(Duration waited, String why) {
    metrics.skipped();
    return new Observation.Unknown(
        clock.wall(), waited, Measurements.NOTHING, "not checked: " + why);
  }

  private Observation observe(ScheduledCheck check, Instant at) throws InterruptedException {
    Duration began = clock.monotonic();
    Attempt attempt = Attempt.within(check.timeout());
    Optional<ProbeFailure> failure = failure(check, attempt);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Measurements measurements = Measurements.of(attempt);
    Duration response = measurements.response().orElseGet(attempt::elapsed);
    if (failure.isEmpty()) {
      reached(check);
      return check
          .warnings()
          .slow()
          .filter(limit -> response.compareTo(limit) > 0)
          .<Observation>map(limit -> new Observation.Slow(at, response, measurements, limit))
          .orElseGet(() -> new Observation.Up(at, response, measurements));
    }
    return here(check, failure.get(), began)
        .<Observation>map(
            reason ->
                new Observation.Unknown(at, response, measurements.withoutRoundTrips(), reason))
        .orElseGet(() -> new Observation.Down(at, response, measurements, failure.get().reason()));
  }

  private Optional<ProbeFailure> failure(ScheduledCheck check, Attempt attempt)
      throws InterruptedException {
    try {
      check.probe().check(attempt);
      return Optional.empty();
    } catch (ProbeFailure e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
      errors.tell("the check of " + check.label(), e);
      return Optional.of(ProbeFailure.here("Rollcall failed: " + e.getClass().getSimpleName()));
    }
  }

  private void reached(ScheduledCheck check) {
    if (network.isDown()) {
      network.reached(check.host());
    }
  }

  /// The reason why the failure is ours, if it is.
  private Optional<String> here(ScheduledCheck check, ProbeFailure failure, Duration began) {
    if (failure.isHere()) {
      return Optional.of(failure.reason());
    }
    if (failure.answered()) {
      reached(check);
      return Optional.empty();
    }
    Duration paused = pauses.since(began);
    return paused.multipliedBy(PART_OF_TIMEOUT).compareTo(check.timeout()) >= 0
        ? Optional.of(STOOD_STILL)
        : network.trouble(check.host());
  }
}
