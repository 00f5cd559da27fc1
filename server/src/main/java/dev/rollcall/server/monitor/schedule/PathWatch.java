package dev.rollcall.server.monitor.schedule;

import dev.rollcall.probe.ProbeFailure;
import dev.rollcall.probes.Resolver;
import dev.rollcall.server.monitor.check.Observation;
import dev.rollcall.server.monitor.check.ScheduledCheck;
import dev.rollcall.server.monitor.path.Path;
import dev.rollcall.server.monitor.path.PathState;
import dev.rollcall.server.monitor.path.PathState.Step;
import dev.rollcall.server.monitor.path.PathTracer;
import dev.rollcall.server.monitor.store.KnownPath;
import dev.rollcall.server.monitor.store.PathStore;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;

/// Watches the paths to services with `trace: true`: every five minutes while they are up, on
/// threads of its own, and with the check itself when they are down.
///
/// Traces are compared with the path in the database, so several processes agree on it.
public final class PathWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PathWatch.class.getName());
  private static final Duration EVERY = Duration.ofMinutes(5);

  /// While a service is down, its last trace is used again for so long.
  private static final Duration EVERY_DOWN = Duration.ofMinutes(1);

  private static final Duration FOR_THE_NAME = Duration.ofSeconds(3);

  /// Thousands of services may go down at once: those beyond this have no path.
  private static final int MOST_AT_ONCE = 32;

  private static final int MOST_REMEMBERED = 100_000;

  private final PathTracer tracer;
  private final Resolver resolver;
  private final PathStore paths;
  private final Clock clock;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Long, Traced> traced = new ConcurrentHashMap<>();

  /// The last trace of a service.
  ///
  /// @param at when, by the monotonic clock
  /// @param path empty if it was not traced because it was down, or could not be traced
  private record Traced(Duration at, boolean down, Optional<Path> path) {}

  /// @param resolver looks up the hosts of services
  public PathWatch(PathTracer tracer, Resolver resolver, PathStore paths, Clock clock) {
    this.tracer = tracer;
    this.resolver = resolver;
    this.paths = paths;
    this.clock = clock;
  }

  /// Traces the path to a service after its check, if it is due.
  ///
  /// @return the observation; if the service is down, with its path
  Observation observed(ScheduledCheck check, Observation found) throws InterruptedException {
    if (!check.trace() || check.serviceId() < 0) {
      return found;
    }
    if (traced.size() > MOST_REMEMBERED) {
      traced.clear(); // most of them were deleted
    }
    return switch (found) {
      case Observation.Up _, Observation.Slow _ -> {
        if (isDue(check, false, EVERY)) {
          traced.put(check.serviceId(), new Traced(clock.monotonic(), false, Optional.empty()));
          begin(check);
        }
        yield found;
      }
      case Observation.Down down -> whileDown(check).<Observation>map(down::with).orElse(down);
      case Observation.Unknown unknown -> unknown;
    };
  }

  private boolean isDue(ScheduledCheck check, boolean down, Duration every) {
    Traced last = traced.get(check.serviceId());
    return last == null
        || last.down() != down
        || clock.monotonic().minus(last.at()).compareTo(every) >= 0;
  }

  private Optional<Path> whileDown(ScheduledCheck check) throws InterruptedException {
    if (isDue(check, true, EVERY_DOWN) && places.tryAcquire()) {
      try {
        traced.put(check.serviceId(), new Traced(clock.monotonic(), true, trace(check)));
      } finally {
        places.release();
      }
    }
    return Optional.ofNullable(traced.get(check.serviceId())).flatMap(Traced::path);
  }

  private void begin(ScheduledCheck check) {
    if (!places.tryAcquire()) {
      traced.remove(check.serviceId()); // the next check tries again
      return;
    }
    try {
      threads.execute(
          () -> {
            try {
              watch(check);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt(); // closing
            } catch (StorageException e) {
              traced.remove(check.serviceId());
            } finally {
              places.release();
            }
          });
    } catch (RejectedExecutionException e) {
      places.release(); // closing
    }
  }

  private void watch(ScheduledCheck check) throws InterruptedException {
    long service = check.serviceId();
    Optional<KnownPath> present = paths.present(service);
    Step step = new Step.Again(PathState.of(present.map(KnownPath::path)));
    while (step instanceof Step.Again(PathState state)) { // at most PathState.TRACES times
      Optional<Path> path = trace(check);
      if (path.isEmpty()) {
        return;
      }
      step = state.after(path.get());
    }
    switch (step) {
      case Step.Same _, Step.Again _ -> {}
      case Step.Begun(Path path) -> paths.put(service, clock.wall(), 0, path);
      case Step.Grown(Path path) -> {
        KnownPath known = present.orElseThrow();
        paths.put(service, known.since(), known.changedTtl(), path);
      }
      case Step.Changed(Path path, int ttl) -> {
        paths.put(service, clock.wall(), ttl, path);
        LOG.log(
            Level.INFO,
            "the path to {0} changed at hop {1}: {2}, it was {3}",
            check.label(),
            ttl,
            path.words(ttl),
            present.orElseThrow().path().words(ttl));
      }
    }
  }

  /// The path to the host of a service; empty if it cannot be traced.
  private Optional<Path> trace(ScheduledCheck check) throws InterruptedException {
    try {
      return Optional.of(tracer.trace(resolver.resolve(check.host(), FOR_THE_NAME).getFirst()));
    } catch (UnknownHostException | TimeoutException e) {
      return Optional.empty();
    } catch (ProbeFailure e) {
      LOG.log(Level.DEBUG, "the path to {0} cannot be traced: {1}", check.label(), e.reason());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
